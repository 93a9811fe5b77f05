import { CommandFailed, describeError } from './errors.ts';
import type { Output } from './output.ts';

/** What was done about one id: what to say about it, or why it was refused. */
export type Outcome = { done: string } | { refused: string };

/**
 * Does something about each id, says for which it worked, and goes on after a refusal. When a backing service
 * fails in between, what was done before is still told.
 * @throws CommandFailed with a line for each id that was refused
 */
export async function actOnEach(
  ids: readonly string[],
  { verb, out, act }: { verb: string; out: Output; act: (id: string) => Promise<Outcome> },
): Promise<void> {
  const done: { id: string; line: string }[] = [];
  const refused: { id: string; reason: string }[] = [];
  const failure = await firstFailure(ids, async (id) => {
    const outcome = await act(id);
    if ('done' in outcome) done.push({ id, line: `${verb} ${id}${outcome.done}` });
    else refused.push({ id, reason: outcome.refused });
  });
  out.result({ [verb]: done.map(({ id }) => id), refused }, () =>
    done.length === 0 ? `nothing ${verb}` : done.map(({ line }) => line).join('\n'),
  );
  const problems = refused.map(({ id, reason }) => `${id}: ${reason}`);
  if (failure !== undefined) problems.push(describeError(failure.error));
  if (problems.length > 0) throw new CommandFailed(problems.join('\n'), { cause: failure?.error });
}

async function firstFailure(
  ids: readonly string[],
  act: (id: string) => Promise<void>,
): Promise<{ error: unknown } | undefined> {
  try {
    for (const id of ids) await act(id);
    return undefined;
  } catch (error) {
    return { error };
  }
}

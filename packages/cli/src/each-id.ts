import { AlreadyTold, asCliError, errorView } from './errors.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Context } from './context.ts';

/** Does something about each id, in order, says for which it worked, and goes on after a refusal. @throws AlreadyTold */
export async function actOnEach(
  { out, signal }: Context,
  ids: readonly string[],
  verb: string,
  act: (id: string) => Promise<unknown>,
): Promise<void> {
  const done: string[] = [];
  const refused: unknown[] = [];
  let exitCode: ExitCode | undefined;
  for (const id of ids) {
    try {
      await act(id);
      done.push(id);
    } catch (error) {
      signal.throwIfAborted();
      exitCode ??= asCliError(error).exitCode;
      refused.push({ id, error: errorView(error) });
      out.error(error, id);
    }
  }
  const lines = (): string => done.map((id) => `${verb} ${id}`).join('\n');
  out.result({ [verb]: done, refused }, lines);
  if (exitCode !== undefined) throw new AlreadyTold(exitCode);
}

/** Ends with the code of the first item that failed, each of which was told of by itself. @throws AlreadyTold */
export function endAsFirstFailure(results: readonly PromiseSettledResult<unknown>[]): void {
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw new AlreadyTold(asCliError(failed.reason).exitCode);
}

import type { z } from 'zod';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';

/** The body of an answer, when it is what the API promises. @throws CliError BAD_ANSWER */
export async function readJson<S extends z.ZodType>(
  server: string,
  answer: Response,
  schema: S,
): Promise<z.output<S>> {
  const body: unknown = await answer.json().catch(() => undefined);
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw badAnswer(server, parsed.error);
  return parsed.data;
}

/** A page of a proxy, another program, or a release with which this one cannot talk. */
export function badAnswer(server: string, cause?: unknown): CliError {
  const detail = `what answers at ${server} is not a clipscribe server that this program knows`;
  return new CliError('BAD_ANSWER', detail, { exitCode: exitCodes.unavailable, cause });
}

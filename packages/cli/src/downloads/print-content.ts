import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { connectionError } from '../api/connection-error.ts';

/** Streams to standard output, for another program to read. @throws CliError when not all of it came */
export async function printContent({ account, out, signal }: Context, path: string): Promise<void> {
  const answer = await account.send({ path, isStream: true, headers: { 'accept-encoding': 'identity' } });
  try {
    if (answer.body === null) return;
    const body: ReadableStream<Uint8Array> = answer.body;
    for await (const chunk of body) await out.screen.outBytes(chunk);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof CliError ? error : connectionError(account.api.server, error);
  }
}

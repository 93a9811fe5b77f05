import { open } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { cannotRead, CliError } from '../errors.ts';
import { fileChanged, requireSame, type LocalFile } from './local-file.ts';

/** Nothing sent and nothing answered for so long: the connection is dead. The server gives up after 60 seconds. */
const SILENT_MS = 90_000;

export interface SendOptions {
  url: string;
  headers: Readonly<Record<string, string>>;
  file: LocalFile;
  /** Where in the file to begin; everything from there on is sent. */
  offset: number;
  /** Told the position in the file that was handed to the network. */
  onProgress: (position: number) => void;
  signal: AbortSignal;
}

export interface SendAnswer {
  status: number;
  retryAfter: string | undefined;
  body: string;
}

/**
 * Sends the rest of a file as one PATCH. fetch does not tell how far it is, so this is Node's own client.
 * @returns the answer, also when it came before all was sent
 * @throws CliError CANNOT_READ, FILE_CHANGED; what the connection threw
 */
export async function sendBytes(options: SendOptions): Promise<SendAnswer> {
  const { url, headers, file, offset, signal } = options;
  const make = url.startsWith('https:') ? httpsRequest : httpRequest;
  const req = make(url, {
    method: 'PATCH',
    // By the agent that knows of a proxy, but on a connection of its own: one that was idle may be half closed.
    headers: { ...headers, 'content-length': file.bytes - offset, connection: 'close' },
    timeout: SILENT_MS,
    signal,
  });
  req.on('timeout', () => {
    req.destroy(new DOMException('silent for too long', 'TimeoutError'));
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    req.once('response', resolve);
    req.on('error', reject);
  });
  // An early answer ends the request before all is sent; a file that cannot be read any more never gets an answer.
  const sent = pipeline(rest(options), req).catch((error: unknown) => {
    if (error instanceof CliError) throw error;
  });
  const answer = await Promise.race([answered, sent.then(() => answered)]);
  return {
    status: answer.statusCode ?? 0,
    retryAfter: answer.headers['retry-after'],
    body: await text(answer),
  };
}

async function* rest({ file, offset, onProgress }: SendOptions): AsyncGenerator<Buffer> {
  const handle = await open(file.path).catch((error: unknown) => {
    throw cannotRead(file.given, error);
  });
  let position = offset;
  try {
    const range = { start: offset, end: file.bytes - 1, highWaterMark: 2 ** 18 };
    const content = handle.createReadStream({ ...range, autoClose: false });
    for await (const chunk of content as AsyncIterable<Buffer>) {
      position += chunk.length;
      // The last bytes make it a job: they are sent only of the file that the first ones are of.
      if (position === file.bytes) requireSame(file, await handle.stat());
      onProgress(position);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof CliError ? error : cannotRead(file.given, error);
  } finally {
    await handle.close();
  }
  if (position !== file.bytes) throw fileChanged(file.given);
}

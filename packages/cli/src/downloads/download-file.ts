import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { connectionError } from '../api/connection-error.ts';
import { badAnswer } from '../api/read-json.ts';
import { Patience } from '../api/retrying.ts';
import { CliError, cannotWrite } from '../errors.ts';
import type { Account } from '../session/account.ts';
import { Silence } from '../jobs/silence.ts';
import { dispositionName, safeName } from './safe-name.ts';
import { chooseTarget, partPath, publish } from './target.ts';

/** A connection that brings nothing for so long is dead. */
const SILENT_MS = 60_000;

/** Compressed on the way, bytes could not be counted. */
const PLAIN = { 'accept-encoding': 'identity' };

export interface DownloadOptions {
  /** Below the server's address. */
  path: string;
  /** A file or folder; absent for the current folder. */
  output?: string | undefined;
  force: boolean;
  /** When the server proposes no name that can be used. */
  fallbackName: string;
  onProgress: (position: number, total: number) => void;
}

export interface Downloaded {
  path: string;
  bytes: number;
  /** Where it went on, when a part of it was there already. */
  resumedAt: number;
}

/** What the server says of the content: its size, and what changes with it. */
interface Content {
  bytes: number;
  etag: string;
  name: string;
}

/**
 * Streams to a file beside the target, which gets the target's name when it is complete. What came before the
 * connection or this program ended is not sent again, as long as the content is the same (RFC 9110, If-Range).
 * @throws CliError
 */
export async function downloadFile(account: Account, options: DownloadOptions): Promise<Downloaded> {
  const content = await lookAt(account, options);
  const target = await chooseTarget(options.output, content.name, options.force);
  const tag = createHash('sha256')
    .update(`${account.api.server}${options.path}${content.etag}`)
    .digest('hex')
    .slice(0, 12);
  const part = partPath(target, tag);
  const resumedAt = await sizeOf(part);
  const patience = new Patience(account.api.retry);
  for (;;) {
    try {
      await fetchRest(account, options, content, part);
      break;
    } catch (error) {
      account.api.retry.signal.throwIfAborted();
      if (error instanceof CliError) throw error;
      await patience.afterFailure(connectionError(account.api.server, error));
    }
  }
  await publish(part, target);
  return { path: target.path, bytes: content.bytes, resumedAt: Math.min(resumedAt, content.bytes) };
}

async function lookAt(account: Account, { path, fallbackName }: DownloadOptions): Promise<Content> {
  // A refusal of HEAD has no text: GET says why.
  const head = await account.send({ method: 'HEAD', path, headers: PLAIN }).catch(async (error: unknown) => {
    if (error instanceof CliError && error.status !== undefined && error.status >= 400)
      await (await account.send({ path, isStream: true })).body?.cancel();
    throw error;
  });
  const bytes = Number(head.headers.get('content-length') ?? 'none');
  const etag = head.headers.get('etag');
  if (!Number.isSafeInteger(bytes) || etag === null) throw badAnswer(account.api.server);
  return {
    bytes,
    etag,
    name: safeName(dispositionName(head.headers.get('content-disposition')), fallbackName),
  };
}

/** Appends what is missing. @throws CliError when the file cannot be written; anything else when the connection broke */
async function fetchRest(
  account: Account,
  { path, onProgress }: DownloadOptions,
  { bytes, etag }: Content,
  part: string,
): Promise<void> {
  const offset = await sizeOf(part);
  onProgress(offset, bytes);
  if (offset === bytes && bytes > 0) return;
  const silence = new Silence(account.api.retry.signal);
  try {
    const range = offset > 0 && offset < bytes ? { range: `bytes=${offset}-`, 'if-range': etag } : {};
    const headers = { ...PLAIN, ...range };
    const answer = await account.send({ path, headers, isStream: true, signal: silence.signal });
    // The content is another one by now: what is there is not its beginning.
    if (answer.headers.get('etag') !== etag)
      throw new CliError('FILE_CHANGED', 'there is a newer version on the server by now; download it again');
    const goesOn = answer.status === 206;
    silence.limitMs = SILENT_MS;
    const body = answer.body?.pipeThrough(silence.watch());
    await append(body, part, goesOn ? offset : 0, (position) => {
      onProgress(position, bytes);
    });
  } finally {
    silence.stop();
  }
  if ((await sizeOf(part)) !== bytes) throw new Error('the connection ended too early');
}

/** Writes from a position on, and makes sure that it is stored before it is given its name. */
async function append(
  body: ReadableStream<Uint8Array> | undefined,
  part: string,
  offset: number,
  onProgress: (position: number) => void,
): Promise<void> {
  const write = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      throw cannotWrite(part, error, '; what came is kept there, and the same command goes on with it');
    }
  };
  const file = await open(part, offset === 0 ? 'w' : 'a').catch((error: unknown) => {
    throw cannotWrite(dirname(part), error);
  });
  let position = offset;
  try {
    for await (const chunk of body ?? []) {
      await write(() => file.writeFile(chunk));
      position += chunk.length;
      onProgress(position);
    }
    await write(() => file.sync());
  } finally {
    await file.close();
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

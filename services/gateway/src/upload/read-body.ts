import type { IncomingMessage } from 'node:http';
import { HttpProblem } from '@clipscribe/runtime';
import type { UploadLimits } from '../gateway-deps.ts';
import { ArrivalRate, MIN_BYTES_PER_SECOND } from './arrival-rate.ts';

/** The client went away in the middle of the request; there is nobody to answer. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
}

/**
 * Hands the request body to `consume`, chunk by chunk, each after the one before was taken, and no more of it than
 * allowed. The request itself is never destroyed, so that a refusal can still be answered.
 * @throws HttpProblem TOO_LARGE or UPLOAD_STALLED, ClientGoneError, the signal's reason
 */
export async function readBody(
  req: IncomingMessage,
  limits: Pick<UploadLimits, 'maxUploadBytes' | 'stallMs'>,
  signal: AbortSignal,
  consume: (chunk: Buffer) => Promise<void>,
): Promise<void> {
  const chunks = req.iterator({ destroyOnReturn: false });
  const rate = new ArrivalRate(limits.stallMs);
  let bytes = 0;
  for (;;) {
    const step = await nextChunk(chunks, rate, signal);
    if (step.done === true) return;
    bytes += step.value.length;
    const excess = Math.max(0, bytes - limits.maxUploadBytes);
    // How much comes in one chunk is chance: what is wrong before the limit is told, however large the chunk.
    const within = step.value.subarray(0, step.value.length - excess);
    if (within.length > 0) await unlessAborted(consume(within), signal);
    if (excess > 0) throw tooLarge(limits.maxUploadBytes);
  }
}

/** @throws HttpProblem TOO_LARGE when the request says by itself that it is */
export function refuseTooLarge(req: IncomingMessage, maxUploadBytes: number): void {
  if (Number(req.headers['content-length'] ?? 0) > maxUploadBytes) throw tooLarge(maxUploadBytes);
}

function tooLarge(maxUploadBytes: number): HttpProblem {
  const limit = `${(maxUploadBytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} MB`;
  return new HttpProblem('TOO_LARGE', `One upload may have at most ${limit}. Send fewer or smaller files.`);
}

/** Only the time spent waiting for the client counts: a slow disk of ours is not its fault. */
async function nextChunk(
  chunks: AsyncIterator<Buffer>,
  rate: ArrivalRate,
  signal: AbortSignal,
): Promise<IteratorResult<Buffer, unknown>> {
  let timer: NodeJS.Timeout | undefined;
  let waitingSince = performance.now();
  const keepsUp = (bytes: number): boolean => {
    const since = waitingSince;
    waitingSince = performance.now();
    return rate.keepsUp(waitingSince - since, bytes);
  };
  const tooSlow = new Promise<never>((_resolve, reject) => {
    const wait = (): void => {
      timer = setTimeout(() => {
        if (keepsUp(0)) wait();
        else reject(stalled());
      }, rate.leftMs);
    };
    wait();
  });
  try {
    const step = await unlessAborted(Promise.race([chunks.next().catch(clientGone), tooSlow]), signal);
    if (step.done !== true && !keepsUp(step.value.length)) throw stalled();
    return step;
  } finally {
    clearTimeout(timer);
  }
}

function stalled(): HttpProblem {
  const floor = String(MIN_BYTES_PER_SECOND);
  return new HttpProblem(
    'UPLOAD_STALLED',
    `The upload stopped, or sends less than ${floor} bytes a second. Send it again.`,
  );
}

function clientGone(error: unknown): never {
  throw new ClientGoneError('the client went away', { cause: error });
}

/**
 * The promise, or the signal's reason when it fires first. Racing against one promise that stays pending all the
 * while would keep every chunk of the upload in memory; a listener can be taken off again.
 */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}

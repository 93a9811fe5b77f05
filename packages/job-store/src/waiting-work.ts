import { parseMessage, type Job } from '@clipscribe/contracts';

/*
 * Work waits for its turn when nobody holds it and its message was published. Before that the message is still to come:
 * it is in the outbox, or delayed until another attempt (`retryAt`, which its arrival removes).
 */

/** True when the job's video step waits for its turn. */
export function isVideoWaiting({ state, lease, retryAt, outbox }: Job): boolean {
  if ((state !== 'queued' && state !== 'converting') || lease !== undefined) return false;
  return retryAt === undefined && outbox.every(({ queue }) => queue !== 'video');
}

/** Numbers of the chunks that wait for their turn. */
export function waitingChunks({ state, chunks, outbox }: Job): number[] {
  if (state !== 'transcribing') return [];
  const unpublished = new Set(outbox.map(({ body }) => parseMessage('transcribe', body)?.chunk));
  return chunks
    .filter((chunk) => chunk.state === 'pending' && chunk.lease === undefined && chunk.retryAt === undefined)
    .map(({ index }) => index)
    .filter((index) => !unpublished.has(index));
}

import type { Job, Message } from '@clipscribe/contracts';
import { isVideoWaiting, waitingChunks, type TurnStep } from '@clipscribe/job-store';
import { claimChunk, chunkArrived } from './chunk-steps.ts';
import type { Change } from './transition.ts';
import { claimVideo, videoArrived } from './video-steps.ts';

/*
 * One owner's 500 uploads do not stand before another's one. Their 500 messages do, but a message only says that some
 * piece of work waits. A worker that gets one asks the store whose turn it is (`JobStore.takeTurn`: round and round
 * among the owners), and does that owner's work in place of what the message names.
 *
 * No work is left without a message by that, because of one rule: *for each piece of work that waits for its turn there
 * is a message in the queue or with a worker.* A piece waits from the moment at which its message is known to be
 * published (waiting-work.ts). All that follows keeps the rule:
 *
 * - A message is used up for the work of another one only after what it names waits itself (`arrived`). So the two
 *   change places: its own work is left to the message of the other.
 * - A message is used up for nothing only when nothing waits, and what it names cannot be begun: it was doubled, or its
 *   work is done, held, cancelled, or will have a message that is still to come. Who is too late for the work of a turn
 *   takes another turn; who is too late again and again keeps the message for a second.
 * - A message that is not published (the broker is down), or delayed (a retry, a parked chunk), is no message that a
 *   worker may get. So its work does not wait for a turn: nobody else's message is used up for it. It waits from its
 *   message's arrival on, however late that is; when the message is lost, until the sweeper has published another one.
 * - Work that is given back, or whose worker was lost and that the sweeper revives, is published anew, and waits then.
 * - A message that comes back from a worker that died, or that is doubled, is one more than there is work: it does
 *   somebody's work earlier, or nothing.
 * - A message that is lost leaves one piece too many, not a certain one. The pieces that wait longest are served first,
 *   and for one that nobody touched for `REQUEUE_MS` the sweeper publishes another message.
 * - A message for a job that never was is a dead letter before anybody takes a turn for it.
 *
 * Who is alone gets the work that the message names, so that many workers do not all run for the same piece.
 */

/** How work of one step is taken by turns. */
export interface TurnKind<Q extends TurnStep> {
  /** What the message names waits for its turn from now on; null when it does so already, or does not wait at all. */
  arrived: (message: Message<Q>) => Change;
  /** Takes what waits in a job; null when that is gone. */
  claim: (token: string) => Change;
  /** The message that would have named what was taken with this token; null when nothing was. */
  taken: (job: Job, token: string) => Message<Q> | null;
}

export const turnKinds: { readonly [Q in TurnStep]: TurnKind<Q> } = {
  video: {
    arrived: () => videoArrived,
    claim: (token) => (job, now) => (isVideoWaiting(job) ? claimVideo(token)(job, now) : null),
    taken: ({ id, lease }, token) => (lease?.token === token ? { v: 1, jobId: id } : null),
  },
  transcribe: {
    arrived: ({ chunk }) => chunkArrived(chunk),
    claim: (token) => (job, now) => {
      const [first] = waitingChunks(job);
      return first === undefined ? null : claimChunk(first, token)(job, now);
    },
    taken: ({ id, chunks }, token) => {
      const chunk = chunks.find(({ lease }) => lease?.token === token);
      return chunk === undefined ? null : { v: 1, jobId: id, chunk: chunk.index };
    },
  },
};

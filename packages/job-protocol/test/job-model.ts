import { JobFailure, newId, parseMessage, type Job, type OutboxEntry } from '@clipscribe/contracts';
import {
  audioDone,
  audioProgress,
  cancel,
  chunkAttemptFailed,
  chunkCheckpoint,
  chunkDone,
  chunkGivenBack,
  chunksCut,
  claimChunk,
  claimNotice,
  claimVideo,
  claimWebhook,
  deletionDone,
  dueAt,
  isTranscribed,
  newTranscript,
  noticeAttemptFailed,
  noticeGivenBack,
  noticeSent,
  planWebhooks,
  replayWebhook,
  retry,
  revive,
  startDeletion,
  transcriptDone,
  transcriptSkipped,
  videoAttemptFailed,
  videoGivenBack,
  webhookAttemptFailed,
  webhookDelivered,
  webhookGivenBack,
  webhookGivenUp,
  webhookPostponed,
  type Change,
} from '../src/index.ts';
import { someAudio } from './life.ts';

const someTarget = { endpointId: null, url: 'https://example.org/hook' };
const taken = { durationMs: 1, status: 204 };

/**
 * A job, its workers and its owner without any I/O: whatever they may do next is in `moves`, under the same
 * conditions as in the handlers. Workers that crash are those that make no further move.
 */
export class JobModel {
  job: Job;
  now: number;
  readonly #random: () => number;
  /** By lease token: who has seen that every checkpoint is there, and therefore assembles. */
  readonly #assembling = new Set<string>();

  constructor(job: Job, now: number, random: () => number) {
    this.job = job;
    this.now = now;
    this.#random = random;
  }

  /** Applies a step as a transition does; false when it is refused. */
  apply(change: Change): boolean {
    const next = change(this.job, this.now);
    if (next === null) return false;
    this.job = { ...next, version: this.job.version + 1, dueAt: dueAt(next, this.now) };
    return true;
  }

  /** One of all the things that can happen now. */
  move(): void {
    const moves = [
      ...this.#anyTime(),
      ...this.#byVideoWorker(),
      ...this.#bySender(),
      ...this.#byChunkWorkers(),
      ...this.#byWebhookWorkers(),
    ];
    moves[Math.floor(this.#random() * moves.length)]?.();
  }

  /** The queue has confirmed all messages; they are returned. */
  publish(): OutboxEntry[] {
    const { outbox } = this.job;
    this.apply((job) => ({ ...job, outbox: [] }));
    return outbox;
  }

  /** What the sweeper does when the job is due; false when there is nothing left to do. */
  sweep(): boolean {
    if (this.job.dueAt === null || this.job.state === 'deleted') return false;
    this.now = Math.max(this.now, this.job.dueAt);
    return this.apply(this.job.state === 'deleting' ? deletionDone : revive);
  }

  /** A worker for whom everything goes well acts on a message. */
  deliver({ queue, body }: OutboxEntry): void {
    const token = newId();
    if (queue === 'video' && this.apply(claimVideo(token)) && this.job.lease?.token === token) {
      this.apply(audioDone(someAudio()));
      this.apply(chunksCut([{ fileId: newId(), startSeconds: 0, endSeconds: 1 }]));
    } else if (queue === 'transcribe') {
      const index = parseMessage('transcribe', body)?.chunk ?? -1;
      this.#claimChunk(index, token);
      if (this.job.chunks[index]?.lease?.token === token) this.#finishChunk(index, token);
    } else if (queue === 'mp3' && this.apply(claimNotice(token))) this.apply(noticeSent);
    else if (queue === 'webhook') this.#deliverWebhook(parseMessage('webhook', body)?.delivery, token);
  }

  #anyTime(): (() => void)[] {
    const token = newId();
    const often = [
      () => (this.now += Math.floor(this.#random() * 90_000)),
      () => this.publish(),
      () => this.apply(claimVideo(token)),
      () => {
        this.#claimChunk(Math.floor(this.#random() * 2), token);
      },
      () => this.apply(claimNotice(token)),
      () => this.apply(revive),
    ];
    const steps = [retry, newTranscript({}), cancel, startDeletion, deletionDone];
    const seldom = steps.map((change) => () => this.apply(change));
    return this.#random() < 0.05 ? [...often, ...seldom] : [...often, ...often];
  }

  #byVideoWorker(): (() => void)[] {
    if (this.job.state !== 'converting' || this.job.lease === undefined) return [];
    const chunk = (startSeconds: number) => ({ fileId: newId(), startSeconds, endSeconds: startSeconds + 1 });
    const changes: Change[] = [audioProgress(this.#random()), audioDone(someAudio()), videoGivenBack];
    changes.push(videoAttemptFailed(this.#failure('STORAGE_FULL', 'CORRUPT_MEDIA')));
    if (this.job.audio.state === 'done')
      changes.push(transcriptSkipped(), chunksCut([chunk(0), chunk(1)]), chunksCut([chunk(0)]));
    return changes.map((change) => () => this.apply(change));
  }

  #bySender(): (() => void)[] {
    if (this.job.notice === undefined || this.job.lease === undefined || this.job.state === 'converting')
      return [];
    const failed = noticeAttemptFailed(this.#failure('MAIL_UNAVAILABLE', 'MAIL_REJECTED'));
    return [noticeSent, noticeGivenBack, failed].map((change) => () => this.apply(change));
  }

  #byChunkWorkers(): (() => void)[] {
    return this.job.chunks.flatMap(({ index, lease }) => {
      if (lease === undefined) return [];
      const failed = chunkAttemptFailed(index, this.#failure('PROVIDER_UNAVAILABLE', 'PROVIDER_REJECTED'));
      return [
        () => this.apply(failed),
        () => this.apply(chunkGivenBack(index)),
        () => {
          this.#transcribe(index, lease.token);
        },
        () => {
          this.#finishChunk(index, lease.token);
        },
      ];
    });
  }

  #deliverWebhook(id: string | undefined, token: string): void {
    if (id === undefined) this.apply(planWebhooks(() => [someTarget]));
    else if (this.apply(claimWebhook(id, token))) this.apply(webhookDelivered(id, taken));
  }

  /** Of all deliveries one, so that webhooks do not outweigh everything else. */
  #byWebhookWorkers(): (() => void)[] {
    const deliveries = this.job.webhooks?.deliveries ?? [];
    const some = deliveries[Math.floor(this.#random() * deliveries.length)];
    const targets = this.#random() < 0.2 ? [] : [someTarget, someTarget];
    const plan = (): unknown => this.apply(planWebhooks(() => targets));
    if (some === undefined) return [plan];
    const { id, lease } = some;
    if (lease === undefined) {
      const steps = [claimWebhook(id, newId()), ...(this.#random() < 0.1 ? [replayWebhook(id)] : [])];
      return [plan, ...steps.map((change) => () => this.apply(change))];
    }
    const failed = webhookAttemptFailed(id, { durationMs: 1, error: 'TIMEOUT' });
    const ends = [failed, webhookDelivered(id, taken), webhookGivenUp(id, { durationMs: 1, error: 'GONE' })];
    const others = [webhookPostponed(id, 5000), webhookGivenBack(id)];
    return [plan, ...[...ends, ...others].map((change) => () => this.apply(change))];
  }

  #claimChunk(index: number, token: string): void {
    const claimed = this.apply(claimChunk(index, token)) && this.job.chunks[index]?.lease?.token === token;
    if (claimed && isTranscribed(this.job)) this.#assembling.add(token);
  }

  #transcribe(index: number, token: string): void {
    if (this.job.chunks[index]?.resultFileId !== undefined) return;
    this.apply(chunkCheckpoint(index, newId()));
    if (isTranscribed(this.job)) this.#assembling.add(token);
  }

  #finishChunk(index: number, token: string): void {
    this.#transcribe(index, token);
    const assembles = this.#assembling.has(token);
    this.apply(assembles ? transcriptDone({ fileId: newId(), engine: 'test' }) : chunkDone(index));
  }

  #failure(
    transient: 'STORAGE_FULL' | 'MAIL_UNAVAILABLE' | 'PROVIDER_UNAVAILABLE',
    permanent: 'CORRUPT_MEDIA' | 'MAIL_REJECTED' | 'PROVIDER_REJECTED',
  ): JobFailure {
    return new JobFailure(this.#random() < 0.85 ? transient : permanent);
  }
}

/** Pseudo-random numbers from 0 to 1, the same for the same seed (the mixing step of MurmurHash3). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}

import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { newId, uploadOptionsSchema, type Job, type UploadOptions } from '@clipscribe/contracts';
import { openFileStore, type FileKind, type FileStore } from '@clipscribe/file-store';
import { openJobQueue } from '@clipscribe/job-queue';
import { SqliteJobStore } from '@clipscribe/job-store';
import { silentLog } from '@clipscribe/runtime';
import { newJob, Sweeper, transition, type Change, type SweeperPorts } from '../src/index.ts';
import { FailingQueue } from './failing-queue.ts';

interface Clock {
  /** ms since the epoch, as the job store tells it. */
  now: number;
}

/** The embedded adapters in a folder of their own, with a job store whose clock the test moves. */
export class Bench {
  readonly clock: Clock;
  readonly jobs: SqliteJobStore;
  readonly queue: FailingQueue;
  readonly files: FileStore;
  readonly ports: SweeperPorts;
  readonly #folder: string;

  private constructor(
    folder: string,
    clock: Clock,
    jobs: SqliteJobStore,
    queue: FailingQueue,
    files: FileStore,
  ) {
    this.#folder = folder;
    this.clock = clock;
    this.jobs = jobs;
    this.queue = queue;
    this.files = files;
    this.ports = { jobs, queue, files, log: silentLog };
  }

  static async open(): Promise<Bench> {
    const folder = await mkdtemp(join(tmpdir(), 'clipscribe-protocol-'));
    const clock = { now: Date.now() };
    const jobs = SqliteJobStore.open(join(folder, 'jobs.db'), { clock: () => clock.now });
    const queue = await openJobQueue(`sqlite:${join(folder, 'queue.db')}`, { log: silentLog });
    const files = await openFileStore(`file:${join(folder, 'files')}`);
    return new Bench(folder, clock, jobs, new FailingQueue(queue), files);
  }

  async close(): Promise<void> {
    await Promise.all([this.queue.close(), this.jobs.close(), this.files.close()]);
    await rm(this.#folder, { recursive: true, force: true });
  }

  advance(ms: number): void {
    this.clock.now += ms;
  }

  /** A queued job as the gateway accepts it, its first message not yet published. */
  async accept(options: Partial<UploadOptions> = {}, ownerId = newId()): Promise<Job> {
    const id = newId();
    const fileId = await this.store(id, 'source');
    const intentId = newId();
    await this.jobs.openIntent({ id: intentId, ownerId, fileIds: [fileId] });
    const job = newJob(
      {
        ownerId,
        ownerEmail: 'ada@example.org',
        options: { ...uploadOptionsSchema.parse({}), ...options },
        fingerprint: 'f'.repeat(64),
        idempotencyKey: `key ${id}`,
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      },
      { jobId: id, fileId, name: 'Grüße.mp4', bytes: 4, sha256: sha256('test') },
      0,
      this.clock.now,
    );
    const outcome = await this.jobs.accept(intentId, [job]);
    if (outcome !== 'accepted') throw new Error(`the job was not accepted: ${outcome}`);
    return job;
  }

  /** Stores a small file for the job and returns its id. */
  async store(jobId: string, kind: FileKind): Promise<string> {
    const meta = { id: newId(), ownerId: newId(), jobId, kind, name: kind, contentType: 'text/plain' };
    return (await this.files.write(meta, Readable.from(['test']))).id;
  }

  async exists(fileId: string): Promise<boolean> {
    return (await this.files.stat(fileId)) !== null;
  }

  /** The job as it is stored now. */
  async job(id: string): Promise<Job> {
    const reading = await this.jobs.get(id);
    if (reading === null) throw new Error(`there is no job ${id}`);
    return reading.job;
  }

  /** Applies steps one after the other; fails when one does not apply. */
  async apply(id: string, ...changes: Change[]): Promise<Job> {
    for (const [index, change] of changes.entries()) {
      const stored = await transition(this.ports, id, change);
      if (stored === null)
        throw new Error(`step ${index + 1} does not apply in state ${(await this.job(id)).state}`);
    }
    return this.job(id);
  }

  /** True when the step is refused and leaves the job as it was. */
  async refuses(id: string, change: Change): Promise<boolean> {
    const before = await this.job(id);
    const stored = await transition(this.ports, id, change);
    return stored === null && JSON.stringify(await this.job(id)) === JSON.stringify(before);
  }

  async sweep(): Promise<void> {
    await new Sweeper(this.ports).sweep();
  }
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

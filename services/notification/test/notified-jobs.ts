import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PostalMime, { type Email } from 'postal-mime';
import { newId, type Job, type Notice, type NoticeKind } from '@clipscribe/contracts';
import { openJobQueue, type JobQueue } from '@clipscribe/job-queue';
import { SqliteJobStore } from '@clipscribe/job-store';
import { sampleJob } from '@clipscribe/job-store/testing';
import { SqliteOwnerStore } from '@clipscribe/owner-store';
import { silentLog } from '@clipscribe/runtime';

/** Jobs that have ended, in embedded stores in a folder of their own; their owners are still to be told. */
export class NotifiedJobs {
  /** ms since the epoch, as the job store tells it. */
  now = Date.now();
  readonly folder: string;
  readonly outbox: string;
  readonly jobs: SqliteJobStore;
  readonly owners: SqliteOwnerStore;
  readonly queue: JobQueue;

  private constructor(folder: string, open: { queue: JobQueue }) {
    this.folder = folder;
    this.outbox = join(folder, 'outbox');
    this.jobs = SqliteJobStore.open(join(folder, 'jobs.db'), { clock: () => this.now });
    this.owners = SqliteOwnerStore.open(join(folder, 'owners.db'));
    this.queue = open.queue;
  }

  static async open(): Promise<NotifiedJobs> {
    const folder = await mkdtemp(join(tmpdir(), 'clipscribe-notification-'));
    return new NotifiedJobs(folder, {
      queue: await openJobQueue(`sqlite:${join(folder, 'queue.db')}`, { log: silentLog }),
    });
  }

  async close(): Promise<void> {
    await this.queue.close();
    await this.jobs.close();
    await this.owners.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Stores a job that succeeded and whose mail is due; every field may be overridden. */
  async add(overrides: Partial<Job> = {}): Promise<Job> {
    const audio = { state: 'done', progress: 1, fileId: newId(), bytes: 1000, durationSeconds: 90 } as const;
    const transcript = { state: 'done', progress: 1, fileId: newId(), engine: 'test' } as const;
    const ended = { state: 'succeeded', finishedAt: this.now, dueAt: this.now + 60_000 } as const;
    const job = sampleJob({ ...ended, audio, transcript, ...overrides });
    const stored: Job = { notice: pendingNotice(job, job.state === 'failed' ? 'failed' : 'ready'), ...job };
    const intentId = newId();
    await this.jobs.openIntent({ id: intentId, ownerId: job.ownerId, fileIds: [] });
    await this.jobs.accept(intentId, [stored]);
    return stored;
  }

  async job(id: string): Promise<Job> {
    const reading = await this.jobs.get(id);
    if (reading === null) throw new Error(`there is no job ${id}`);
    return reading.job;
  }

  async publish(job: Job): Promise<void> {
    await this.queue.publish('mp3', messageFor(job));
  }

  /** The mails in the outbox folder. */
  async mails(): Promise<Email[]> {
    const names = await readdir(this.outbox);
    return Promise.all(
      names.toSorted().map(async (name) => PostalMime.parse(await readFile(join(this.outbox, name)))),
    );
  }
}

export function messageFor(job: Job): string {
  const [audioFileId, transcriptFileId] = [job.audio.fileId ?? null, job.transcript.fileId ?? null];
  const outcome = job.notice?.kind ?? 'ready';
  return JSON.stringify({ v: 1, jobId: job.id, audioFileId, transcriptFileId, outcome });
}

function pendingNotice(job: Job, kind: NoticeKind): Notice {
  return { kind, state: 'pending', messageId: `<${kind}.${job.id}.1@clipscribe>`, attempts: 0 };
}

import type { Job, UploadIntent } from '@clipscribe/contracts';
import { connectMongo, type MongoConnection } from '@clipscribe/mongo';
import { UnavailableError } from '@clipscribe/runtime';
import type { JobReading, JobStore, ListOptions, ReplaceOptions } from './job-store.ts';
import { MongoClock } from './mongo-clock.ts';
import { fromDocument } from './mongo-documents.ts';
import { MongoFinishing } from './mongo-finishing.ts';
import { MongoIntents } from './mongo-intents.ts';
import { MongoJobs } from './mongo-jobs.ts';
import { reindex } from './mongo-reindex.ts';
import { createIndexes, jobsOf, uploadsOf } from './mongo-schema.ts';
import { MongoUploads } from './mongo-uploads.ts';

const ROLE = { role: 'job store', variable: 'JOBS_URL' };

/**
 * Jobs in MongoDB, a document a job. Every change is one write of one document, so a standalone server will do, as
 * will one that is compatible. How uploads become jobs is told in mongo-uploads.ts.
 */
export class MongoJobStore implements JobStore {
  readonly #connection: MongoConnection;
  readonly #ready: () => Promise<void>;
  readonly #jobs: MongoJobs;
  readonly #uploads: MongoUploads;
  readonly #finishing: MongoFinishing;
  readonly #intents: MongoIntents;
  readonly #clock: MongoClock;

  private constructor(connection: MongoConnection) {
    const { db } = connection;
    this.#connection = connection;
    this.#ready = connection.ready(async () => {
      await createIndexes(db);
      await reindex(db);
    });
    this.#jobs = new MongoJobs(jobsOf(db));
    this.#uploads = new MongoUploads(db);
    this.#finishing = new MongoFinishing(db);
    this.#intents = new MongoIntents(uploadsOf(db));
    this.#clock = new MongoClock(db);
  }

  /** Does not wait for the server. @throws ConfigError when the address cannot be right */
  static open(url: string): MongoJobStore {
    return new MongoJobStore(connectMongo(url, ROLE));
  }

  async get(id: string): Promise<JobReading | null> {
    return this.#run(async () => {
      const [found, now] = await Promise.all([this.#jobs.find(id), this.#clock.now()]);
      const document =
        found ?? ((await this.#finishing.finishUploadOf(id)) ? await this.#jobs.find(id) : null);
      return document === null ? null : { job: fromDocument(document), now };
    });
  }

  async replace(job: Job, expectedVersion: number, options: ReplaceOptions = {}): Promise<boolean> {
    return this.#run(async () => {
      const updatedAt = await this.#clock.now();
      return this.#jobs.replace({ ...job, version: expectedVersion + 1, updatedAt }, options);
    });
  }

  async remove(id: string, expectedVersion: number): Promise<boolean> {
    return this.#run(async () => {
      // First, so that after a crash the job is still there to be removed again.
      await this.#uploads.letGo(id);
      return this.#jobs.remove(id, expectedVersion);
    });
  }

  async list(options: ListOptions): Promise<Job[]> {
    return (await this.#run(() => this.#jobs.list(options))).map(fromDocument);
  }

  async due(limit: number): Promise<string[]> {
    return this.#run(async () => {
      await this.#finishing.finishAll();
      return this.#jobs.due(await this.#clock.now(), limit);
    });
  }

  async openIntent(intent: Omit<UploadIntent, 'touchedAt'>): Promise<void> {
    await this.#run(() => this.#intents.open(intent));
  }

  async touchIntent(id: string, fileIds: readonly string[]): Promise<boolean> {
    return this.#run(() => this.#intents.touch(id, fileIds));
  }

  async staleIntents(ageMs: number, limit: number): Promise<UploadIntent[]> {
    return this.#run(async () => this.#intents.stale((await this.#clock.now()) - ageMs, limit));
  }

  async dropIntent(id: string): Promise<boolean> {
    return this.#run(() => this.#intents.drop(id));
  }

  async isIntended(fileId: string): Promise<boolean> {
    return this.#run(() => this.#intents.protects(fileId));
  }

  async accept(intentId: string, jobs: readonly Job[]): Promise<'accepted' | 'duplicate' | 'lost'> {
    const outcome = await this.#run(() => this.#uploads.accept(intentId, jobs));
    if (outcome === 'accepted') await this.#finish(intentId, jobs);
    return outcome;
  }

  async findByIdempotencyKey(ownerId: string, key: string): Promise<Job[]> {
    return (await this.#run(() => this.#uploads.jobsOfKey(ownerId, key))).map(fromDocument);
  }

  async now(): Promise<number> {
    return this.#run(() => this.#clock.ask());
  }

  async ping(): Promise<void> {
    await this.#ready();
    await this.#connection.ping();
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #run<T>(operations: () => Promise<T>): Promise<T> {
    await this.#ready();
    return this.#connection.run(operations);
  }

  /** The promise stands already: what cannot be done now, the next one does who looks for these jobs. */
  async #finish(intentId: string, jobs: readonly Job[]): Promise<void> {
    try {
      await this.#run(() => this.#uploads.finish(intentId, jobs));
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
    }
  }
}

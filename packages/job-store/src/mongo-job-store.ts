import type { Job, ResumableUpload, UploadIntent } from '@clipscribe/contracts';
import { connectMongo, type MongoConnection } from '@clipscribe/mongo';
import { UnavailableError } from '@clipscribe/runtime';
import type {
  Expiring,
  JobReading,
  JobStore,
  ListOptions,
  ReplaceOptions,
  Turn,
  TurnStep,
  UploadReading,
} from './job-store.ts';
import { MongoClock } from './mongo-clock.ts';
import { fromDocument } from './mongo-documents.ts';
import { MongoFinishing } from './mongo-finishing.ts';
import { MongoIntents } from './mongo-intents.ts';
import { MongoJobs } from './mongo-jobs.ts';
import { reindex } from './mongo-reindex.ts';
import { MongoResumable } from './mongo-resumable.ts';
import { createIndexes, jobsOf, uploadsOf } from './mongo-schema.ts';
import { MongoTurns } from './mongo-turns.ts';
import { MongoUploads } from './mongo-uploads.ts';
import { MongoUsage } from './mongo-usage.ts';
import type { OwnerUsage, Reserved, UsageOptions } from './owner-usage.ts';

const ROLE = { role: 'job store', variable: 'JOBS_URL' };

/**
 * Jobs in MongoDB, a document a job. Every change is one write of one document, so a standalone server will do, as
 * will one that is compatible. How uploads become jobs is told in mongo-uploads.ts.
 */
export class MongoJobStore implements JobStore {
  readonly #connection: MongoConnection;
  readonly #ready: () => Promise<void>;
  readonly #jobs: MongoJobs;
  readonly #turns: MongoTurns;
  readonly #uploads: MongoUploads;
  readonly #finishing: MongoFinishing;
  readonly #intents: MongoIntents;
  readonly #resumable: MongoResumable;
  readonly #usage: MongoUsage;
  readonly #clock: MongoClock;

  private constructor(connection: MongoConnection) {
    const { db } = connection;
    this.#connection = connection;
    this.#ready = connection.ready(async () => {
      await createIndexes(db);
      await reindex(db);
    });
    this.#jobs = new MongoJobs(jobsOf(db));
    this.#turns = new MongoTurns(db);
    this.#uploads = new MongoUploads(db);
    this.#finishing = new MongoFinishing(db);
    this.#intents = new MongoIntents(uploadsOf(db));
    this.#resumable = new MongoResumable(uploadsOf(db));
    this.#usage = new MongoUsage(db);
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

  async takeTurn(step: TurnStep): Promise<Turn | null> {
    return this.#run(async () => this.#turns.take(step, await this.#clock.now()));
  }

  async usage(ownerId: string, options: UsageOptions = {}): Promise<OwnerUsage> {
    return this.#run(async () => this.#usage.of(ownerId, options, await this.#clock.now()));
  }

  async endedSince(ageMs: number, having: Expiring, limit: number): Promise<string[]> {
    return this.#run(async () => this.#jobs.endedSince((await this.#clock.now()) - ageMs, having, limit));
  }

  async openIntent(intent: Omit<UploadIntent, 'touchedAt'>): Promise<void> {
    await this.#run(() => this.#intents.open(intent));
  }

  async touchIntent(id: string, fileIds: readonly string[], reserved?: Reserved): Promise<boolean> {
    return this.#run(() => this.#intents.touch(id, fileIds, reserved));
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

  async openUpload(upload: ResumableUpload): Promise<void> {
    await this.#run(() => this.#resumable.open(upload));
  }

  async getUpload(id: string): Promise<UploadReading | null> {
    return this.#run(async () => {
      const [upload, now] = await Promise.all([this.#resumable.find(id), this.#clock.now()]);
      return upload === null ? null : { upload, now };
    });
  }

  async replaceUpload(upload: ResumableUpload, expectedVersion: number): Promise<boolean> {
    return this.#run(() => this.#resumable.replace({ ...upload, version: expectedVersion + 1 }));
  }

  async dueUploads(limit: number): Promise<string[]> {
    return this.#run(async () => this.#resumable.due(await this.#clock.now(), limit));
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

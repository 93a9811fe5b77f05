import { EventEmitter } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { newId, parseMessage, uploadOptionsSchema, type Job, type Message } from '@clipscribe/contracts';
import { openFileStore, type FileStore } from '@clipscribe/file-store';
import { newJob, publishOutbox, transition, type Change } from '@clipscribe/job-protocol';
import { SqliteJobQueue } from '@clipscribe/job-queue';
import { SqliteJobStore } from '@clipscribe/job-store';
import { createMetrics, silentLog } from '@clipscribe/runtime';
import { LocalWorkspace } from '../src/adapters/workspace.ts';
import { createConverterWorker, type ConverterDeps, type ConverterWorker } from '../src/worker.ts';
import type { MediaLab } from './media-lab.ts';

/** The embedded stores in a folder of their own, with what the gateway and the notification do around a converter. */
export class WorkerBench {
  readonly jobs: SqliteJobStore;
  readonly queue: SqliteJobQueue;
  readonly files: FileStore;
  readonly workspace: LocalWorkspace;
  readonly #folder: string;
  readonly #lab: MediaLab;
  readonly #stored = new EventEmitter<{ job: [Job] }>();
  readonly #workers: ConverterWorker[] = [];

  private constructor(
    lab: MediaLab,
    folder: string,
    stores: Pick<WorkerBench, 'jobs' | 'queue' | 'files' | 'workspace'>,
  ) {
    this.#lab = lab;
    this.#folder = folder;
    this.jobs = stores.jobs;
    this.queue = stores.queue;
    this.files = stores.files;
    this.workspace = stores.workspace;
  }

  /** The folder lies in the lab, so that the lab's `processes` finds what works in it. */
  static async open(lab: MediaLab): Promise<WorkerBench> {
    const folder = await mkdtemp(join(lab.folder, 'bench-'));
    const bench = new WorkerBench(lab, folder, {
      jobs: SqliteJobStore.open(join(folder, 'jobs.db')),
      queue: SqliteJobQueue.open(join(folder, 'queue.db')),
      files: await openFileStore(`file:${join(folder, 'files')}`),
      workspace: await LocalWorkspace.open(join(folder, 'work')),
    });
    bench.#watchJobs();
    return bench;
  }

  async close(): Promise<void> {
    for (const worker of this.#workers) worker.giveBack();
    await this.finish();
    await Promise.all([this.queue.close(), this.jobs.close(), this.files.close()]);
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #ports(): Pick<ConverterDeps, 'jobs' | 'queue' | 'log' | 'metrics'> {
    const metrics = createMetrics('converter');
    return { jobs: this.jobs, queue: this.queue, log: silentLog, metrics };
  }

  /** Starts a converter; without a speech engine unless one is given. */
  async start(deps: Partial<ConverterDeps> = {}): Promise<ConverterWorker> {
    const worker = createConverterWorker({
      ...this.#ports,
      files: this.files,
      media: this.#lab.tools(),
      workspace: this.workspace,
      transcriber: null,
      voice: null,
      chunkSeconds: 600,
      artist: 'the artist',
      defaultLanguage: undefined,
      roles: ['video', 'transcribe'],
      slots: { video: 1, transcribe: 2 },
      ...deps,
    });
    this.#workers.push(worker);
    await worker.start();
    return worker;
  }

  /** Resolves when no converter is at anything any more; none of them takes new work. */
  async finish(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.finish()));
  }

  /** Accepts an upload as the gateway does. Options are as typed into a form. */
  async accept(input: string, options: Record<string, string> = {}, name = 'Summer 2026.mp4'): Promise<Job> {
    const job = await this.prepare(input, options, name);
    await publishOutbox(this.#ports, job);
    return job;
  }

  /** As `accept`, but its message stays in the outbox. */
  async prepare(input: string, options: Record<string, string> = {}, name = 'Summer 2026.mp4'): Promise<Job> {
    const [ownerId, intentId, jobId, fileId] = [newId(), newId(), newId(), newId()];
    await this.jobs.openIntent({ id: intentId, ownerId, fileIds: [fileId] });
    const meta = { ...{ ownerId, jobId, name }, kind: 'source', contentType: 'video/mp4' } as const;
    const { bytes, sha256 } = await this.files.write({ id: fileId, ...meta }, createReadStream(input));
    const upload = { ownerId, ownerEmail: 'ada@example.org', fingerprint: 'f'.repeat(64) };
    const job = newJob(
      { ...upload, options: uploadOptionsSchema.parse(options) },
      { jobId, fileId, name, bytes, sha256 },
      0,
      await this.jobs.now(),
    );
    await this.jobs.accept(intentId, [job]);
    return job;
  }

  /** Accepts a resumable upload that came in parts of at most so many bytes, as the gateway does. */
  async acceptInParts(input: string, partBytes: number): Promise<Job> {
    const [ownerId, jobId] = [newId(), newId()];
    const content = await readFile(input);
    const parts: string[] = [];
    for (let start = 0; start < content.length; start += partBytes) {
      const meta = { id: newId(), ownerId, jobId, name: 'talk.mp4', kind: 'source' } as const;
      const piece = Readable.from([content.subarray(start, start + partBytes)]);
      parts.push((await this.files.write({ ...meta, contentType: 'video/mp4' }, piece)).id);
    }
    const upload = { ownerId, ownerEmail: 'ada@example.org', fingerprint: jobId };
    const file = { jobId, fileId: parts[0] ?? '', parts, name: 'talk.mp4', bytes: content.length };
    const options = uploadOptionsSchema.parse({});
    const job = newJob({ ...upload, options }, file, 0, await this.jobs.now());
    await this.jobs.openIntent({ id: jobId, ownerId, fileIds: parts });
    await this.jobs.accept(jobId, [job]);
    await publishOutbox(this.#ports, job);
    return job;
  }

  /** Applies steps, one after the other. @throws when one does not apply */
  async apply(id: string, ...changes: Change[]): Promise<Job> {
    for (const change of changes) {
      if ((await transition(this.#ports, id, change)) === null) throw new Error('a step does not apply');
    }
    return this.job(id);
  }

  async job(id: string): Promise<Job> {
    const reading = await this.jobs.get(id);
    if (reading === null) throw new Error(`there is no job ${id}`);
    return reading.job;
  }

  /** Resolves when the job has been stored with this state. */
  async until(id: string, reached: (job: Job) => boolean): Promise<Job> {
    return new Promise((resolve, reject) => {
      const look = (job: Job): void => {
        if (job.id !== id || !reached(job)) return;
        this.#stored.off('job', look);
        resolve(job);
      };
      this.#stored.on('job', look);
      this.job(id).then(look, reject);
    });
  }

  /** Resolves when the job has ended and all work is done; returns it and the message for its owner. */
  async outcome(id: string): Promise<{ job: Job; message: Message<'mp3'> | null }> {
    const told = Promise.withResolvers<string>();
    const consumer = await this.queue.consume('mp3', { slots: 1 }, async ({ body }) => {
      if (parseMessage('mp3', body)?.jobId === id) told.resolve(body);
      return Promise.resolve({ kind: 'done' });
    });
    const message = parseMessage('mp3', await told.promise);
    await consumer.stop();
    await this.finish();
    return { job: await this.job(id), message };
  }

  /** The kinds of all stored files, sorted. */
  async storedKinds(): Promise<string[]> {
    const files = await this.files.listOlderThan(-60_000, { limit: 100 });
    return files.map(({ kind }) => kind).sort();
  }

  async content(fileId: string | undefined): Promise<Buffer> {
    return buffer(await this.files.read(fileId ?? 'none'));
  }

  /** What lies in the temporary folder of the converter. */
  async leftovers(): Promise<string[]> {
    return readdir(this.workspace.folder);
  }

  #watchJobs(): void {
    const replace = this.jobs.replace.bind(this.jobs);
    this.jobs.replace = async (job, expectedVersion) => {
      const replaced = await replace(job, expectedVersion);
      if (replaced) this.#stored.emit('job', job);
      return replaced;
    };
  }
}

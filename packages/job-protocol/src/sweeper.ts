import { jobFields, type Job } from '@clipscribe/contracts';
import type { FileStore } from '@clipscribe/file-store';
import { inContext } from '@clipscribe/runtime';
import { finishDeletion } from './delete-job.ts';
import { expireJobs } from './expire-jobs.ts';
import { keepForEver, type Retention } from './retention.ts';
import { sweepIntents, sweepOrphans } from './sweep-files.ts';
import { sweepUploads } from './sweep-uploads.ts';
import { revive } from './revive.ts';
import { SWEEP_MS } from './timing.ts';
import { transition, type ProtocolPorts } from './transition.ts';
import { WatchedQueue } from './watched-queue.ts';

export type SweeperPorts = ProtocolPorts & { files: FileStore };

const BATCH = 100;

/** Sees to everything that is overdue: messages not yet published, leases that ran out, deletions, leftovers, what expires. */
export class Sweeper {
  readonly #ports: SweeperPorts;
  readonly #sweepMs: number;
  readonly #retention: Retention;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #orphanCursor: string | undefined;

  constructor(ports: SweeperPorts, options: { sweepMs?: number; retention?: Retention } = {}) {
    this.#ports = ports;
    this.#sweepMs = options.sweepMs ?? SWEEP_MS;
    this.#retention = options.retention ?? keepForEver;
  }

  /** Sweeps now and then in intervals. */
  start(): void {
    this.#timer = setInterval(() => void this.sweep(), this.#sweepMs);
    void this.sweep();
  }

  /** Resolves when a sweep under way has ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** One sweep; never rejects, since the next one tries again. */
  sweep(): Promise<void> {
    this.#running ??= this.#sweep()
      .catch((error: unknown) => {
        this.#ports.log.warn({ err: error }, 'sweep not finished; it will be tried again');
      })
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #sweep(): Promise<void> {
    const queue = new WatchedQueue(this.#ports.queue);
    for (const id of await this.#ports.jobs.due(BATCH)) {
      await this.#sweepJob(id, queue);
    }
    await sweepIntents(this.#ports);
    await sweepUploads(this.#ports);
    await expireJobs(this.#ports, this.#retention);
    this.#orphanCursor = await sweepOrphans(this.#ports, this.#orphanCursor);
  }

  /** Never rejects: one job that cannot be mended must not keep the sweeper from all the others. */
  async #sweepJob(id: string, queue: WatchedQueue): Promise<void> {
    const notMended = (error: unknown): void => {
      this.#ports.log.warn({ jobId: id, err: error }, 'overdue job not mended; it will be tried again');
    };
    const reading = await this.#ports.jobs.get(id).catch(notMended);
    if (!reading) return;
    const { job, now } = reading;
    if (job.dueAt === null || job.dueAt > now) return;
    await inContext(jobFields(job), () => this.#mend(job, queue).catch(notMended));
  }

  /** Where only a message could help and the queue is away, the job stays overdue: each try may last many seconds. */
  async #mend(job: Job, queue: WatchedQueue): Promise<void> {
    if (job.state === 'deleting') await finishDeletion(this.#ports, job);
    else if (job.state === 'deleted') await this.#ports.jobs.remove(job.id, job.version);
    else if (!queue.isAway) await transition({ ...this.#ports, queue }, job.id, revive);
  }
}

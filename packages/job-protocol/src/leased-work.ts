import { asJobFailure, type Job, type JobFailure, type QueueName } from '@clipscribe/contracts';
import { sleep, UnavailableError, type SpanAttributes } from '@clipscribe/runtime';
import { HeldLease } from './held-lease.ts';
import type { LeaseSlot } from './lease-slot.ts';
import { observeWork, type AttemptEnd } from './observe-work.ts';
import { transition, type Change, type ProtocolPorts } from './transition.ts';

/** One piece of work, described by its steps; the handler below does the rest of the protocol. */
export interface Work {
  slot: LeaseSlot;
  claim: (token: string) => Change;
  /** The work cannot be undone, such as a mail that leaves: a crash of the database must not take the claim back. */
  isLasting?: true;
  /** Does the work under the lease; returns the change that finishes it. Throws JobFailure. */
  run: (context: WorkContext) => Promise<Change>;
  attemptFailed: (failure: JobFailure) => Change;
  givenBack: Change;
  /** Runs after the change that ended the attempt, well or badly, was stored; a crash before it costs nothing but leftovers for the sweeper. */
  afterwards?: (job: Job) => Promise<void>;
  /** What a trace says of it beside its job. */
  attributes?: SpanAttributes;
}

export interface WorkContext {
  /** The job as claimed. */
  job: Job;
  lease: HeldLease;
  /** Undoes something that was written, should the change that would have made it part of the job be refused. */
  onDiscard: (undo: () => Promise<void>) => void;
  /** What was written so far is part of the job now: nothing of it is undone. */
  keepWritten: () => void;
  /** Says to those who watch how the attempt went, when the change that it returns does not mean that it is done. */
  endsAs: (end: AttemptEnd) => void;
}

/** So long an outage of the database may last without work being done, or a mail being sent, once more. */
const FINISH_PATIENCE_MS = 30_000;
const FINISH_AGAIN_MS = 500;

/** Does claimed work while its lease lasts, and stops what is under way when the process has to end. */
export class LeasedWork {
  readonly #ports: ProtocolPorts;
  readonly #held = new Set<HeldLease>();
  readonly #patienceMs: number;
  #stopping = false;

  constructor(ports: ProtocolPorts, options: { finishPatienceMs?: number } = {}) {
    this.#ports = ports;
    this.#patienceMs = options.finishPatienceMs ?? FINISH_PATIENCE_MS;
  }

  get isStopping(): boolean {
    return this.#stopping;
  }

  /** Ends all work under way; it goes back to the queue and its attempts do not count. */
  giveBack(): void {
    this.#stopping = true;
    for (const lease of this.#held) lease.end('stopping');
  }

  /**
   * Does the work of a job that was claimed with this token; resolves when the end of the attempt is stored.
   * @param queue of the message that asked for it
   */
  async run(queue: QueueName, job: Job, token: string, work: Work): Promise<void> {
    const watched = { queue, job, attributes: work.attributes };
    await observeWork(this.#ports, watched, () => this.#run(job, token, work));
  }

  async #run(job: Job, token: string, work: Work): Promise<AttemptEnd> {
    const lease = new HeldLease(this.#ports, job.id, work.slot, token);
    const undos: (() => Promise<void>)[] = [];
    this.#held.add(lease);
    if (this.#stopping) lease.end('stopping'); // stopped while the claim was under way
    try {
      const ending = await this.#attempt(job, lease, work, undos);
      const stored = ending && (await this.#finish(job.id, lease, ending.apply));
      if (stored === null || ending?.keepsWritten !== true) await discard(lease, undos);
      if (stored !== null) await work.afterwards?.(stored);
      return stored === null || ending === null ? { outcome: 'lost' } : ending.end;
    } finally {
      lease.release();
      this.#held.delete(lease);
    }
  }

  /** Writes the end of the attempt; when the database is away, again and again while the lease lasts. */
  async #finish(jobId: string, lease: HeldLease, change: Change): Promise<Job | null> {
    const deadline = performance.now() + this.#patienceMs;
    for (;;) {
      try {
        return await transition(this.#ports, jobId, lease.guard(change));
      } catch (error) {
        lease.doubt();
        const isOver = lease.reason !== undefined || performance.now() >= deadline;
        if (isOver || !(error instanceof UnavailableError)) throw error;
        await sleep(FINISH_AGAIN_MS, lease.signal);
      }
    }
  }

  /** The change that ends this attempt, or null when the lease is lost and nothing may be written any more. */
  async #attempt(
    job: Job,
    lease: HeldLease,
    work: Work,
    undos: (() => Promise<void>)[],
  ): Promise<Ending | null> {
    let end: AttemptEnd = { outcome: 'done' };
    try {
      const change = await work.run({
        job,
        lease,
        onDiscard: (undo) => undos.push(undo),
        keepWritten: () => undos.splice(0),
        endsAs: (told) => {
          end = told;
        },
      });
      return { apply: change, keepsWritten: true, end };
    } catch (error) {
      if (lease.reason === 'lost') return null;
      if (lease.reason === 'stopping')
        return { apply: work.givenBack, keepsWritten: false, end: { outcome: 'given-back' } };
      const failure = asJobFailure(error);
      this.#logFailure(job, failure);
      end = { outcome: 'failed', code: failure.code };
      return { apply: work.attemptFailed(failure), keepsWritten: false, end };
    }
  }

  /** A bad file is its owner's matter and told there; what may be a fault of ours is for the operator. */
  #logFailure({ id: jobId, state }: Job, failure: JobFailure): void {
    const { code } = failure;
    const isOurs = failure.transient || /^(PROVIDER|ENGINE|MAIL)_/.test(code);
    if (failure.reported) this.#ports.log.debug({ jobId, state, code }, 'attempt failed');
    else if (isOurs) this.#ports.log.warn({ jobId, state, code, err: failure }, 'attempt failed');
    else this.#ports.log.info({ jobId, state, code }, 'refused');
  }
}

interface Ending {
  apply: Change;
  /** False when the files written in this attempt are not part of what is stored. */
  keepsWritten: boolean;
  end: AttemptEnd;
}

/** What the job may refer to after all stays; the sweeper removes it when that is not so. */
async function discard(lease: HeldLease, undos: readonly (() => Promise<void>)[]): Promise<void> {
  if (lease.unsure) return;
  for (const undo of undos) await undo();
}

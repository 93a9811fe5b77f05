import type { Job } from '@clipscribe/contracts';
import type { ReplaceOptions } from '@clipscribe/job-store';
import { RENEW_MS, LEASE_CHECK_MS, LEASE_MS } from './timing.ts';
import type { LeaseSlot } from './lease-slot.ts';
import { transition, type Change, type ProtocolPorts } from './transition.ts';

/** Why work under a lease has to end early. */
export type AbortReason = 'lost' | 'stopping';

/**
 * A lease while it is held. It is renewed until `release`; when it is lost (cancelled, deleted, taken over
 * after a pause) or the process stops, `signal` fires and the work must end without publishing anything.
 */
export class HeldLease {
  readonly token: string;
  readonly #ports: ProtocolPorts;
  readonly #jobId: string;
  readonly #slot: LeaseSlot;
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #renewedAt = performance.now();
  #busy = false;
  #unsure = false;

  constructor(ports: ProtocolPorts, jobId: string, slot: LeaseSlot, token: string) {
    this.#ports = ports;
    this.#jobId = jobId;
    this.#slot = slot;
    this.token = token;
    this.#timer = setInterval(() => void this.#beat(), LEASE_CHECK_MS);
    this.#timer.unref();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get reason(): AbortReason | undefined {
    return this.signal.aborted ? (this.signal.reason as AbortReason) : undefined; // only `end` aborts it
  }

  /**
   * True after an update whose outcome nobody knows, because the database did not answer: what it referred to
   * may be part of the job.
   */
  get unsure(): boolean {
    return this.#unsure;
  }

  /** From now on nobody knows what is part of the job: a write of it was not answered. */
  doubt(): void {
    this.#unsure = true;
  }

  /** Ends the work under the lease. */
  end(reason: AbortReason): void {
    this.#abort.abort(reason);
  }

  /** Applies a change only while the lease is ours, and renews it with the same write. */
  async update(change: Change, options: ReplaceOptions = {}): Promise<Job | null> {
    try {
      return await this.#renew(change, options);
    } catch (error) {
      this.doubt();
      throw error;
    }
  }

  /** A change that applies only while the lease is ours. */
  guard(change: Change): Change {
    return (job, now) => (this.#slot.get(job)?.token === this.token ? change(job, now) : null);
  }

  /** Stops renewing; the lease itself ends with the transition that finishes the work. */
  release(): void {
    clearInterval(this.#timer);
  }

  async #renew(change: Change, options: ReplaceOptions): Promise<Job | null> {
    const renewing: Change = (job, now) => {
      const changed = change(job, now);
      return changed === null
        ? null
        : this.#slot.set(changed, { token: this.token, expiresAt: now + LEASE_MS });
    };
    const stored = await transition(this.#ports, this.#jobId, this.guard(renewing), options);
    if (stored === null) this.end('lost');
    else this.#renewedAt = performance.now();
    return stored;
  }

  async #beat(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      if (performance.now() - this.#renewedAt >= RENEW_MS)
        await this.#renew((job) => job, { redoable: true });
      else await this.#check();
    } catch (error) {
      // The lease may outlive a short outage of the database; when it does not, somebody else has the job.
      this.#ports.log.warn({ jobId: this.#jobId, err: error }, 'lease not renewed');
      if (performance.now() - this.#renewedAt >= LEASE_MS) this.end('lost');
    } finally {
      this.#busy = false;
    }
  }

  async #check(): Promise<void> {
    const reading = await this.#ports.jobs.get(this.#jobId);
    if (reading === null || this.#slot.get(reading.job)?.token !== this.token) this.end('lost');
  }
}

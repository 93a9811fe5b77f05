import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import PQueue from 'p-queue';
import { busy, type PasswordHasher } from '../password-hasher.ts';

/** bcrypt works in libuv's pool, of 4 threads by default; one is left for files and names. */
const MOST_THREADS = 3;

/** At cost 12 a hash takes about a quarter of a second. */
const WAITING_PER_THREAD = 16;

/** Who waited so long has been given up by the gateway, or soon will be: the work would be for nobody. */
const LONGEST_WAIT_MS = 1000;

export interface BcryptOptions {
  /** The work is 2^cost. */
  cost: number;
  /** Hashes at a time; at most one a core by default. */
  concurrency?: number;
  /** Hashes that may wait for their turn. */
  maxWaiting?: number;
  /** How long they may, in ms. */
  longestWaitMs?: number;
}

/** bcrypt, with so few hashes at a time that the rest of the service stays quick, and a queue with an end. */
export class BcryptHasher implements PasswordHasher {
  readonly #cost: number;
  readonly #limit: number;
  readonly #longestWaitMs: number;
  readonly #queue: PQueue;
  readonly #dummyHash: string;

  private constructor(options: Required<BcryptOptions>, dummyHash: string) {
    this.#cost = options.cost;
    this.#limit = options.concurrency + options.maxWaiting;
    this.#longestWaitMs = options.longestWaitMs;
    this.#queue = new PQueue({ concurrency: options.concurrency });
    this.#dummyHash = dummyHash;
  }

  /** Makes the hash that unknown users are compared with, at the same cost as everybody's. */
  static async create(options: BcryptOptions): Promise<BcryptHasher> {
    const { cost, concurrency = Math.min(availableParallelism(), MOST_THREADS) } = options;
    const { maxWaiting = WAITING_PER_THREAD * concurrency, longestWaitMs = LONGEST_WAIT_MS } = options;
    const dummyHash = await bcrypt.hash(randomBytes(32).toString('base64'), cost);
    return new BcryptHasher({ cost, concurrency, maxWaiting, longestWaitMs }, dummyHash);
  }

  async hash(password: string): Promise<string> {
    return this.#enqueue(() => bcrypt.hash(password, this.#cost));
  }

  async matches(password: string, hash: string | null): Promise<boolean> {
    return this.#enqueue(async () => {
      const same = await bcrypt.compare(password, hash ?? this.#dummyHash);
      if (!same && hash !== null) await this.#catchUp(password, hash);
      return same && hash !== null;
    });
  }

  isOutdated(hash: string): boolean {
    return costOf(hash) < this.#cost;
  }

  /**
   * A comparison with an old hash of cost c takes 2^c. With c, c + 1, … up to the newest cost without it, the work is
   * that of the dummy, so that the time does not tell which users there are.
   */
  async #catchUp(password: string, hash: string): Promise<void> {
    for (let cost = costOf(hash); cost < this.#cost; cost += 1) await bcrypt.hash(password, cost);
  }

  async #enqueue<T>(work: () => Promise<T>): Promise<T> {
    if (this.#queue.size + this.#queue.pending >= this.#limit) throw busy();
    if (this.#queue.pending < this.#queue.concurrency) return this.#queue.add(work);
    const cameAt = performance.now();
    return this.#queue.add(() => {
      if (performance.now() - cameAt > this.#longestWaitMs) throw busy();
      return work();
    });
  }
}

/** The two digits in `$2b$12$…`; infinite for what is no hash of bcrypt, which is never right and never renewed. */
function costOf(hash: string): number {
  return Number(/^\$2[aby]\$(\d\d)\$/.exec(hash)?.[1] ?? Number.POSITIVE_INFINITY);
}

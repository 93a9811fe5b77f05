import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { HttpProblem } from '@clipscribe/runtime';
import bcrypt from 'bcrypt';
import PQueue from 'p-queue';
import type { PasswordHasher } from '../password-hasher.ts';

/** bcrypt works in libuv's pool, of 4 threads by default; one is left for files and names. */
const MOST_THREADS = 3;

/** At cost 12 a hash takes about a quarter of a second, so the last one waits about 4 s. */
const WAITING_PER_THREAD = 16;

const RETRY_AFTER_SECONDS = 5;

export interface BcryptOptions {
  /** The work is 2^cost. */
  cost: number;
  /** Hashes at a time; at most one a core by default. */
  concurrency?: number;
  /** Hashes that may wait for their turn. */
  maxWaiting?: number;
}

/** bcrypt, with so few hashes at a time that the rest of the service stays quick, and a queue with an end. */
export class BcryptHasher implements PasswordHasher {
  readonly #cost: number;
  readonly #limit: number;
  readonly #queue: PQueue;
  readonly #dummyHash: string;

  private constructor(options: Required<BcryptOptions>, dummyHash: string) {
    this.#cost = options.cost;
    this.#limit = options.concurrency + options.maxWaiting;
    this.#queue = new PQueue({ concurrency: options.concurrency });
    this.#dummyHash = dummyHash;
  }

  /** Makes the hash that unknown users are compared with, at the same cost as everybody's. */
  static async create(options: BcryptOptions): Promise<BcryptHasher> {
    const { cost, concurrency = Math.min(availableParallelism(), MOST_THREADS) } = options;
    const { maxWaiting = WAITING_PER_THREAD * concurrency } = options;
    const dummyHash = await bcrypt.hash(randomBytes(32).toString('base64'), cost);
    return new BcryptHasher({ cost, concurrency, maxWaiting }, dummyHash);
  }

  async hash(password: string): Promise<string> {
    return this.#enqueue(() => bcrypt.hash(password, this.#cost));
  }

  async matches(password: string, hash: string | null): Promise<boolean> {
    const same = await this.#enqueue(() => bcrypt.compare(password, hash ?? this.#dummyHash));
    return same && hash !== null;
  }

  async #enqueue<T>(work: () => Promise<T>): Promise<T> {
    if (this.#queue.size + this.#queue.pending >= this.#limit) {
      const headers = { 'Retry-After': String(RETRY_AFTER_SECONDS) };
      throw new HttpProblem('BUSY', 'Too many people are signing in. Try again in a few seconds.', {
        headers,
      });
    }
    return this.#queue.add(work);
  }
}

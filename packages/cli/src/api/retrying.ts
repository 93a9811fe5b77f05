import { setTimeout as delay } from 'node:timers/promises';
import type { CliError } from '../errors.ts';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8000;

export interface RetryOptions {
  /** How long to go on after the first failure in a row, in ms; 0 for a single attempt. */
  forMs: number;
  signal: AbortSignal;
  /** Told once for failures in a row, before the first wait. */
  onWait: (error: CliError) => void;
}

/**
 * Counts failures in a row, and waits longer after each. `succeeded` is called when there was progress.
 */
export class Patience {
  readonly #options: RetryOptions;
  #failures = 0;
  #since = 0;

  constructor(options: RetryOptions) {
    this.#options = options;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  /** Waits before the next attempt. @throws the error when there was time enough, or the signal's reason */
  async afterFailure(error: CliError): Promise<void> {
    const { forMs, signal, onWait } = this.#options;
    const now = performance.now();
    if (this.#failures === 0) this.#since = now;
    const backoff = Math.min(FIRST_WAIT_MS * 2 ** this.#failures, LONGEST_WAIT_MS);
    const ms = Math.max(backoff * (0.75 + Math.random() / 2), error.retryAfterMs ?? 0);
    if (now + ms - this.#since > forMs) throw error;
    if (this.#failures === 0) onWait(error);
    this.#failures += 1;
    await delay(ms, undefined, { signal });
  }
}

import type { Consumer } from '@clipscribe/job-queue';
import { sleep, type Log } from '@clipscribe/runtime';

export interface PausableConsumerOptions {
  /** Begins to take messages. */
  consume: () => Promise<Consumer>;
  /** Asked at the end of each pause; false begins another one. */
  mayResume: () => Promise<boolean>;
  /** Told when messages are taken again. */
  onResumed?: () => void;
  pauseMs: number;
  log: Log;
}

/**
 * A consumer that its own handlers can pause. What they have not taken stays in the queue.
 *
 *     consuming ── pause() ──► paused
 *         ▲                      │ after each pause
 *         └───── mayResume() ────┘
 *     any ── stop() ──► stopped
 */
export class PausableConsumer implements Consumer {
  readonly #options: PausableConsumerOptions;
  readonly #stopping = new AbortController();
  #consumer: Promise<Consumer | undefined> = Promise.resolve(undefined);
  #pause: Promise<void> | undefined;

  constructor(options: PausableConsumerOptions) {
    this.#options = options;
  }

  /** @throws UnavailableError when the queue cannot be reached */
  async start(): Promise<void> {
    const consuming = this.#options.consume();
    // Set before the first message is handled: its handler may pause us already.
    this.#consumer = consuming.catch(() => undefined);
    await consuming;
  }

  /** Takes no more messages for now. Does not wait for the handlers under way: one of them may be the caller. */
  pause(): void {
    if (this.#stopping.signal.aborted) return;
    this.#pause ??= this.#untilResumed().finally(() => {
      this.#pause = undefined;
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#pause;
    await (await this.#consumer)?.stop();
  }

  async #untilResumed(): Promise<void> {
    await (await this.#consumer)?.stop();
    do {
      await sleep(this.#options.pauseMs, this.#stopping.signal);
    } while (!this.#stopping.signal.aborted && !(await this.#resumes()));
  }

  async #resumes(): Promise<boolean> {
    try {
      if (!(await this.#options.mayResume())) return false;
      if (this.#stopping.signal.aborted) return true;
      await this.start();
      this.#options.onResumed?.();
      return true;
    } catch (error) {
      this.#options.log.warn({ err: error }, 'cannot go on yet; trying again');
      return false;
    }
  }
}

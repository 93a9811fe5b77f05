import { UnavailableError } from '@clipscribe/runtime';
import type { Publisher } from './transition.ts';

/** A queue that remembers whether it was found to be away. */
export class WatchedQueue implements Publisher {
  readonly #queue: Publisher;
  #isAway = false;

  constructor(queue: Publisher) {
    this.#queue = queue;
  }

  /** True after a message that could not be published because nobody answered. */
  get isAway(): boolean {
    return this.#isAway;
  }

  async publish(...message: Parameters<Publisher['publish']>): Promise<void> {
    try {
      await this.#queue.publish(...message);
    } catch (error) {
      this.#isAway ||= error instanceof UnavailableError;
      throw error;
    }
  }
}

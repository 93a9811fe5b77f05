import { Worker } from 'node:worker_threads';
import type { VoiceActivity } from '../voice-activity.ts';
import type { SileroAnswer, SileroRequest } from './silero-messages.ts';

interface Waiting {
  resolve: (activity: VoiceActivity | null) => void;
  reject: (error: Error) => void;
}

/** The thread with the model, asked by messages; its answers come in the order of the requests. */
export class SileroCalls {
  readonly #thread = new Worker(new URL('./silero-thread.ts', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: 2 },
  });
  readonly #waiting: Waiting[] = [];
  #failure: Error | undefined;

  constructor() {
    this.#thread.unref();
    this.#thread.on('message', (answer: SileroAnswer) => {
      const waiting = this.#waiting.shift();
      if ('error' in answer) waiting?.reject(new Error(answer.error));
      else waiting?.resolve(answer.activity);
    });
    this.#thread.on('error', (cause) => {
      this.#fail(new Error('the voice detector failed', { cause }));
    });
    this.#thread.on('exit', () => {
      this.#fail(new Error('the voice detector has ended'));
    });
  }

  /** True when the thread is gone: every request fails from now on. */
  get hasEnded(): boolean {
    return this.#failure !== undefined;
  }

  async ask(request: SileroRequest): Promise<VoiceActivity | null> {
    if (this.#failure !== undefined) throw this.#failure;
    const { promise, resolve, reject } = Promise.withResolvers<VoiceActivity | null>();
    this.#waiting.push({ resolve, reject });
    this.#thread.postMessage(request);
    return promise;
  }

  async close(): Promise<void> {
    await this.#thread.terminate();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
  }
}

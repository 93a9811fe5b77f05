/** Breaks off a stream that says nothing for too long. */
export class Silence {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  #limitMs = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param signal ends it too */
  constructor(signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#controller.signal]);
  }

  /** Counts from now on. */
  set limitMs(ms: number) {
    this.#limitMs = ms;
    this.#restart();
  }

  /** Lets bytes pass, and starts to count anew with each. */
  watch(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
    return new TransformStream({
      transform: (chunk, controller) => {
        this.#restart();
        controller.enqueue(chunk);
      },
    });
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#controller.abort();
  }

  #restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#controller.abort(new DOMException('silent for too long', 'TimeoutError'));
    }, this.#limitMs);
  }
}

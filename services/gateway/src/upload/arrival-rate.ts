/** Bytes a second that an upload must bring on average: slower than any line in use, faster than an idle hold. */
export const MIN_BYTES_PER_SECOND = 1000;

/**
 * A floor on the throughput of a sender, instead of a limit on its time: hours are honest, a trickle is not. Time is
 * cut into windows, each of which must bring its share; a silent sender fails at the end of the second at the latest.
 */
export class ArrivalRate {
  readonly #windowMs: number;
  #leftMs: number;
  #bytes = 0;

  /** `windowMs`: so long a sender may be slow before it is judged. */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
    this.#leftMs = windowMs;
  }

  /** ms of waiting until the next judgement. */
  get leftMs(): number {
    return this.#leftMs;
  }

  /** So long was waited, and so many bytes came of it. @returns false when that was too little */
  keepsUp(waitedMs: number, bytes: number): boolean {
    this.#leftMs -= waitedMs;
    this.#bytes += bytes;
    if (this.#leftMs > 0) return true;
    // The last wait may have been longer than the window: what is over it counts as well.
    const seconds = (this.#windowMs - this.#leftMs) / 1000;
    const keepsUp = this.#bytes >= seconds * MIN_BYTES_PER_SECOND;
    this.#leftMs = this.#windowMs;
    this.#bytes = 0;
    return keepsUp;
  }
}

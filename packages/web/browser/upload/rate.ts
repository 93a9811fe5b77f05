/** So far back the speed is looked at, in ms. */
const WINDOW_MS = 5000;

/** The speed of an upload from how many bytes were sent when. */
export class Rate {
  #points: { at: number; sent: number }[] = [];

  /** Bytes a second. @param at ms of any clock that does not go back */
  next(at: number, sent: number): number {
    const last = this.#points.at(-1);
    // After an interruption it goes on from an earlier byte.
    if (last !== undefined && sent < last.sent) this.#points = [];
    this.#points.push({ at, sent });
    this.#points = this.#points.filter((point) => at - point.at <= WINDOW_MS);
    const [first] = this.#points;
    if (first === undefined || at === first.at) return 0;
    return ((sent - first.sent) * 1000) / (at - first.at);
  }
}

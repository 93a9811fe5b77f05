import { bytesText, secondsText } from './units.ts';

const WINDOW_MS = 5000;

/** How fast bytes come or go, over the last seconds, and how long the rest will take. */
export class Pace {
  #marks: { at: number; bytes: number }[] = [];

  /** @param now ms that only grow */
  text(done: number, total: number, now: number = performance.now()): string {
    if ((this.#marks.at(-1)?.bytes ?? 0) > done) this.#marks = [];
    this.#marks.push({ at: now, bytes: done });
    while ((this.#marks[1]?.at ?? Infinity) < now - WINDOW_MS) this.#marks.shift();
    const [first] = this.#marks;
    if (first === undefined || now - first.at < WINDOW_MS / 10) return `of ${bytesText(total)}`;
    const perSecond = ((done - first.bytes) / (now - first.at)) * 1000;
    if (perSecond <= 0) return `of ${bytesText(total)}, nothing moves`;
    return `of ${bytesText(total)}, ${bytesText(perSecond)}/s, ${secondsText((total - done) / perSecond)} left`;
  }
}

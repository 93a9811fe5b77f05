import { signal } from '@preact/signals';

const EVERY_MS = 30_000;
/** By less than that a clock may be wrong: what is told is told in minutes. */
const WRONG_MS = 60_000;

let ahead = 0;

/** The time of the gateway in ms, for what is told as so long ago. It goes on by itself. */
export const now = signal(Date.now());

/** Told the `Date` of each answer: clocks of computers are wrong now and then. */
export function learnTime(date: string | null): void {
  const wrong = Date.parse(date ?? '') - (Date.now() + ahead);
  if (!(Math.abs(wrong) > WRONG_MS)) return;
  ahead += wrong;
  tick();
}

function tick(): void {
  now.value = Date.now() + ahead;
}

setInterval(tick, EVERY_MS);

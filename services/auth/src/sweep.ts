import type { Log } from '@clipscribe/runtime';
import type { UserStore } from '@clipscribe/user-store';

const MINUTE_MS = 60_000;
const EVERY_MS = 5 * MINUTE_MS;

/** Another server's clock may be behind ours by so much and still refuse a revoked token. */
const CLOCK_MARGIN_MS = 60 * MINUTE_MS;

interface SweepDeps {
  users: Pick<UserStore, 'dropExpiredRevocations' | 'dropOldAttempts'>;
  /** ms since the epoch. */
  clock: () => number;
  log: Log;
}

/**
 * Forgets the revocations of tokens that have expired anyway, and attempts that count no longer. A failure is only
 * logged: the next round comes.
 */
export async function sweep({ users, clock, log }: SweepDeps): Promise<void> {
  try {
    const revocations = await users.dropExpiredRevocations(clock() - CLOCK_MARGIN_MS);
    const attempts = await users.dropOldAttempts(clock());
    log.debug({ revocations, attempts }, 'swept');
  } catch (error) {
    log.warn({ err: error }, 'expired revocations and attempts could not be dropped');
  }
}

/** Sweeps every five minutes without keeping the process alive; the returned function ends it and waits for a round under way. */
export function startSweep(deps: SweepDeps, everyMs = EVERY_MS): () => Promise<void> {
  let round = Promise.resolve();
  const timer = setInterval(() => {
    round = round.then(() => sweep(deps));
  }, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await round;
  };
}

import type { Log } from '@clipscribe/runtime';
import type { UserStore } from '@clipscribe/user-store';

const HOUR_MS = 3_600_000;

/** Another server's clock may be behind ours by so much and still refuse a revoked token. */
const CLOCK_MARGIN_MS = HOUR_MS;

interface SweepDeps {
  users: Pick<UserStore, 'dropExpiredRevocations'>;
  /** ms since the epoch. */
  clock: () => number;
  log: Log;
}

/** Forgets the revocations of tokens that have expired anyway. A failure is only logged: the next round comes. */
export async function sweepRevocations({ users, clock, log }: SweepDeps): Promise<void> {
  try {
    const dropped = await users.dropExpiredRevocations(clock() - CLOCK_MARGIN_MS);
    log.debug({ dropped }, 'expired revocations dropped');
  } catch (error) {
    log.warn({ err: error }, 'expired revocations could not be dropped');
  }
}

/** Sweeps every hour without keeping the process alive; the returned function ends it and waits for a round under way. */
export function startRevocationSweep(deps: SweepDeps, everyMs = HOUR_MS): () => Promise<void> {
  let round = Promise.resolve();
  const timer = setInterval(() => {
    round = round.then(() => sweepRevocations(deps));
  }, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await round;
  };
}

import { Router } from 'express';

/** One thing a service needs; resolves when it is there. */
export type Check = () => Promise<void>;

const CHECK_TIMEOUT_MS = 1500;

/** Liveness never looks at dependencies; readiness asks each of them, and says no while stopping. */
export class Health {
  #stopping = false;
  readonly #checks: Readonly<Record<string, Check>>;

  constructor(checks: Readonly<Record<string, Check>>) {
    this.#checks = checks;
  }

  /** From now on not ready, so that no new work is sent here. */
  stopping(): void {
    this.#stopping = true;
  }

  /** The state of each dependency: `ok`, or what is wrong in one word. */
  async report(): Promise<{ ready: boolean; checks: Record<string, string> }> {
    const entries = await Promise.all(
      Object.entries(this.#checks).map(async ([name, check]) => [name, await outcome(check)] as const),
    );
    const ready = !this.#stopping && entries.every(([, state]) => state === 'ok');
    return { ready, checks: Object.fromEntries(entries) };
  }
}

async function outcome(check: Check): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<string>((resolve) => {
    timer = setTimeout(() => {
      resolve('timeout');
    }, CHECK_TIMEOUT_MS);
  });
  const state = await Promise.race([
    check().then(
      () => 'ok',
      () => 'unavailable',
    ),
    timeout,
  ]);
  clearTimeout(timer);
  return state;
}

/** `GET /healthz` (alive) and `GET /readyz` (able to work). */
export function healthRoutes(health: Health): Router {
  const router = Router();
  router.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' });
  });
  router.get('/readyz', async (_req, res) => {
    const report = await health.report();
    res
      .status(report.ready ? 200 : 503)
      .json({ status: report.ready ? 'ready' : 'not ready', checks: report.checks });
  });
  return router;
}

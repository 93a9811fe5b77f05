import { terminalStates } from '@clipscribe/contracts';
import { sleep } from '@clipscribe/runtime';
import { Router, type Request, type Response } from 'express';
import type { Principal } from '@clipscribe/contracts';
import { beginEvents, HEARTBEAT_MS } from '../event-stream.ts';
import type { RouteDeps } from '../gateway-deps.ts';
import { jobView } from '../job-view.ts';
import { loadJob } from '../load-job.ts';

/** `GET /jobs/:id/events`: the job as server-sent events, at every change, until it ends. */
export function jobEventsRoute(deps: RouteDeps): Router {
  const router = Router();
  router.get(
    '/jobs/:id/events',
    deps.authenticator.guard(async (req, res, principal) => {
      await loadJob(deps.jobs, principal, req.params['id']);
      await beginEvents(deps, res, (closed) => follow(deps, req, res, principal, closed));
    }),
  );
  return router;
}

async function follow(
  deps: RouteDeps,
  req: Request,
  res: Response,
  principal: Principal,
  closed: AbortSignal,
): Promise<void> {
  let version = -1;
  let wroteAt = performance.now();
  while (!closed.aborted) {
    const job = await loadJob(deps.jobs, principal, req.params['id']);
    if (job.version !== version) {
      version = job.version;
      wroteAt = performance.now();
      res.write(
        `id: ${String(version)}\nevent: job\ndata: ${JSON.stringify(jobView(job, deps.retention))}\n\n`,
      );
      if (terminalStates.includes(job.state)) return;
    }
    if (performance.now() - wroteAt > HEARTBEAT_MS) {
      wroteAt = performance.now();
      res.write(': still here\n\n');
    }
    await sleep(deps.eventsPollMs, closed);
    // A revoked token must not follow a job; as good answers are remembered, auth is asked every few seconds only.
    await deps.authenticator.principalOf(req);
  }
}

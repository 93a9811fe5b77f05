import type { Job, Principal, VisibleState } from '@clipscribe/contracts';
import { isGone } from '@clipscribe/job-protocol';
import { sleep } from '@clipscribe/runtime';
import { Router, type Request, type Response } from 'express';
import { beginEvents, HEARTBEAT_MS } from '../event-stream.ts';
import type { RouteDeps } from '../gateway-deps.ts';
import { jobViewText } from '../job-view.ts';

/** Jobs in these states change by themselves; the index of lists has the states. */
const active: readonly VisibleState[] = ['queued', 'converting', 'transcribing'];
/** More are not followed at a time; as some end, others take their places. */
const MOST_OF_A_STATE = 100;
/** The newest ones are followed in any state, so that one is told of that began and ended between two looks. */
const NEWEST = 20;

/** `GET /events`: the caller's jobs as server-sent events: those at work, and then each change. `gone` tells of deletions. */
export function eventsRoute(deps: RouteDeps): Router {
  const router = Router();
  router.get(
    '/events',
    deps.authenticator.guard(async (req, res, principal) => {
      const jobs = await followed(deps, principal);
      await beginEvents(deps, res, (closed) => follow(deps, { req, res, principal, closed }, jobs));
    }),
  );
  return router;
}

interface Listener {
  req: Request;
  res: Response;
  principal: Principal;
  closed: AbortSignal;
}

async function follow(
  deps: RouteDeps,
  { req, res, principal, closed }: Listener,
  first: Job[],
): Promise<void> {
  const versions = new Map<string, number>();
  let wroteAt = performance.now();
  const tell = (text: string): void => {
    wroteAt = performance.now();
    res.write(text);
  };
  tell(': open\n\n');
  for (let jobs = first; !closed.aborted; jobs = await followed(deps, principal)) {
    for (const { id, job } of await lost(deps, jobs, versions)) {
      const known = versions.get(id);
      versions.delete(id);
      if (job === null) tell(`event: gone\ndata: {"id":"${id}"}\n\n`);
      else if (job.version !== known) tell(event(deps, job));
    }
    for (const job of jobs) {
      if (versions.get(job.id) === job.version) continue;
      versions.set(job.id, job.version);
      tell(event(deps, job));
    }
    if (performance.now() - wroteAt > HEARTBEAT_MS) tell(': still here\n\n');
    await sleep(deps.eventsPollMs, closed);
    // A revoked token must not follow jobs; as good answers are remembered, auth is asked every few seconds only.
    await deps.authenticator.principalOf(req);
  }
}

async function followed({ jobs }: RouteDeps, { userId: ownerId }: Principal): Promise<Job[]> {
  const lists = await Promise.all([
    jobs.list({ ownerId, limit: NEWEST }),
    ...active.map((state) => jobs.list({ ownerId, state, limit: MOST_OF_A_STATE })),
  ]);
  return [...new Map(lists.flat().map((job) => [job.id, job])).values()];
}

/** Jobs that were followed and are in no list any more: as they are now, or null when deleted. */
async function lost(
  { jobs }: RouteDeps,
  present: readonly Job[],
  versions: ReadonlyMap<string, number>,
): Promise<{ id: string; job: Job | null }[]> {
  const there = new Set(present.map(({ id }) => id));
  const absent = [...versions.keys()].filter((id) => !there.has(id));
  return Promise.all(
    absent.map(async (id) => {
      const job = (await jobs.get(id))?.job ?? null;
      return { id, job: job === null || isGone(job) ? null : job };
    }),
  );
}

function event({ retention }: RouteDeps, job: Job): string {
  return `event: job\ndata: ${jobViewText(job, retention)}\n\n`;
}

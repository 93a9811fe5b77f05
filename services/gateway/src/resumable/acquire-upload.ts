import { isComplete, type Job, type Principal, type ResumableUpload } from '@clipscribe/contracts';
import { finishUpload, isGone, isLive } from '@clipscribe/job-protocol';
import { aboutJob, currentTraceparent, sleep } from '@clipscribe/runtime';
import type { GatewayDeps } from '../gateway-deps.ts';
import { mayAccess } from '../load-job.ts';
import { publishSoon } from '../upload/accept-upload.ts';
import { HeldUpload, LOCK_MS } from './held-upload.ts';
import { expired, locked, noSuchUpload } from './upload-problems.ts';

/** So long a request waits for another one to let go: longer than the lock of a gateway that was killed. */
const WAIT_MS = LOCK_MS + 5000;
const POLL_MS = 250;

/** An upload that can go on, or the job that it has become. */
export type AcquiredUpload = { held: HeldUpload } | { job: Job };

/**
 * Takes the lock of an upload, asking whoever has it to let go. An upload of which only the job is missing, because
 * its gateway died after the last byte, becomes it here.
 * @param onAsked when the lock is to be let go of in turn
 * @throws HttpProblem NOT_FOUND, UPLOAD_EXPIRED, UPLOAD_LOCKED
 */
export async function acquireUpload(
  deps: GatewayDeps,
  principal: Principal,
  id: string,
  { signal, onAsked }: { signal: AbortSignal; onAsked: () => void },
): Promise<AcquiredUpload> {
  const deadline = performance.now() + WAIT_MS;
  for (;;) {
    const reading = await deps.jobs.getUpload(id);
    if (reading === null) return { job: await jobOf(deps, principal, id) };
    const { upload, now } = reading;
    if (!mayAccess(principal, upload)) throw noSuchUpload();
    if (isComplete(upload)) return { job: await finish(deps, upload) };
    const held = await tryLock(deps, upload, now, onAsked);
    if (held !== null) return { held };
    if (signal.aborted || performance.now() > deadline) throw locked();
    await sleep(POLL_MS * (0.5 + Math.random()), signal);
  }
}

/** The job of an upload of which all bytes are there. @throws HttpProblem NOT_FOUND when it was removed meanwhile */
export async function finish(deps: GatewayDeps, upload: ResumableUpload): Promise<Job> {
  const finished = await finishUpload(deps, upload, currentTraceparent());
  if (finished === null || isGone(finished.job)) throw noSuchUpload();
  aboutJob(finished.job.id);
  if (finished.isNew) publishSoon(deps, [finished.job]);
  return finished.job;
}

/** The job that the upload with this id has become. @throws HttpProblem NOT_FOUND */
export async function jobOf(deps: GatewayDeps, principal: Principal, id: string): Promise<Job> {
  const job = (await deps.jobs.get(id))?.job;
  // Jobs of other uploads have no parts, and are no uploads.
  if (job?.source.parts === undefined || isGone(job) || !mayAccess(principal, job)) throw noSuchUpload();
  return job;
}

/** Null when somebody else has the lock, who then is asked to let go. @throws HttpProblem UPLOAD_EXPIRED */
async function tryLock(
  deps: GatewayDeps,
  upload: ResumableUpload,
  now: number,
  onAsked: () => void,
): Promise<HeldUpload | null> {
  const { lock } = upload;
  if (lock !== undefined && isLive(lock, now)) {
    if (lock.releaseRequested !== true)
      await deps.jobs.replaceUpload({ ...upload, lock: { ...lock, releaseRequested: true } }, upload.version);
    return null;
  }
  if (upload.expiresAt <= now) throw expired();
  const token = HeldUpload.newToken();
  const taken = { ...upload, lock: { token, expiresAt: now + LOCK_MS } };
  if (!(await deps.jobs.replaceUpload(taken, upload.version))) return null;
  return new HeldUpload(deps, { ...taken, version: upload.version + 1 }, token, onAsked);
}

import { jobFields, type Job, type Principal } from '@clipscribe/contracts';
import { isGone, newJob, publishOutbox } from '@clipscribe/job-protocol';
import { aboutJob, currentTraceparent, HttpProblem, UnavailableError } from '@clipscribe/runtime';
import type { GatewayDeps } from '../gateway-deps.ts';
import { fingerprint } from './fingerprint.ts';
import type { IncomingUpload, ReceivedUpload } from './receive-files.ts';

/**
 * Turns received files into jobs: one atomic write, after which they cannot be lost. A repeated Idempotency-Key
 * gives the jobs of the first upload, and the bytes of the second are dropped.
 * @throws HttpProblem IDEMPOTENCY_KEY_REUSED; UnavailableError
 */
export async function acceptUpload(
  deps: GatewayDeps,
  principal: Principal,
  upload: IncomingUpload,
  received: ReceivedUpload,
  idempotencyKey: string | undefined,
): Promise<Job[]> {
  const traceparent = currentTraceparent();
  const accepted = {
    ownerId: principal.userId,
    ownerEmail: principal.email,
    options: received.options,
    fingerprint: fingerprint(received.options, received.files),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
  const now = await deps.jobs.now();
  const jobs = received.files.map((file, index) => newJob(accepted, file, index, now));
  const outcome = await deps.jobs.accept(upload.intentId, jobs);
  if (outcome === 'accepted') {
    if (jobs.length === 1) aboutJob(jobs[0]?.id ?? '');
    publishSoon(deps, jobs);
    return jobs;
  }
  await upload.discard();
  if (outcome === 'lost' || idempotencyKey === undefined) throw new UnavailableError('job store');
  return sameJobs(deps, principal, idempotencyKey, accepted.fingerprint);
}

/** The answer does not wait for the queue: the jobs are safe, and the sweeper publishes what fails here. */
export function publishSoon(deps: GatewayDeps, jobs: readonly Job[]): void {
  for (const job of jobs) {
    publishOutbox(deps, job).catch((error: unknown) => {
      deps.log.warn({ ...jobFields(job), err: error }, 'outbox left to the sweeper');
    });
  }
}

async function sameJobs(deps: GatewayDeps, principal: Principal, key: string, print: string): Promise<Job[]> {
  const known = await deps.jobs.findByIdempotencyKey(principal.userId, key);
  const jobs = known.filter((job) => !isGone(job));
  if (jobs.length > 0 && jobs.every((job) => job.upload.fingerprint === print)) return jobs;
  throw new HttpProblem(
    'IDEMPOTENCY_KEY_REUSED',
    'This Idempotency-Key was used with other files or options, or its jobs are being deleted. Use a new key for a new upload.',
  );
}

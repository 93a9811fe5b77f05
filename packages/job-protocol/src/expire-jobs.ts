import { jobFields, type Job } from '@clipscribe/contracts';
import type { FileStore } from '@clipscribe/file-store';
import type { Expiring } from '@clipscribe/job-store';
import { inContext } from '@clipscribe/runtime';
import { finishDeletion } from './delete-job.ts';
import { expiredFiles, expireJob, expireResults, expireSource } from './expiry-steps.ts';
import type { Retention } from './retention.ts';
import { transition, type Change, type ProtocolPorts } from './transition.ts';

type Ports = ProtocolPorts & { files: FileStore };

const BATCH = 100;

const steps: Readonly<Record<Expiring, (keepMs: number) => Change>> = {
  job: expireJob,
  results: expireResults,
  source: expireSource,
};

/** Removes a batch of each kind of what has been kept for long enough; what is left has its turn the next time. */
export async function expireJobs(ports: Ports, { jobs, results, sources }: Retention): Promise<void> {
  const kept = [
    ['job', jobs],
    ['results', results],
    ['source', sources],
  ] as const;
  for (const [what, keepMs] of kept) {
    if (keepMs === null) continue;
    for (const id of await ports.jobs.endedSince(keepMs, what, BATCH)) {
      await tryToExpire(ports, id, what, steps[what](keepMs));
    }
  }
}

/** Never rejects: one job whose files cannot be removed must not keep all the others. */
async function tryToExpire(ports: Ports, id: string, what: Expiring, change: Change): Promise<void> {
  const told = (error: unknown): void => {
    ports.log.warn({ jobId: id, what, err: error }, 'expired, but not removed yet; the sweeper will go on');
  };
  const before = (await ports.jobs.get(id).catch(told))?.job;
  if (before !== undefined) {
    await inContext(jobFields(before), () => expire(ports, before, what, change).catch(told));
  }
}

/** First the job stops naming the files, then they go: after a crash in between they are orphans, found as such. */
async function expire(ports: Ports, before: Job, what: Expiring, change: Change): Promise<void> {
  const after = await transition(ports, before.id, (job, now) =>
    job.version === before.version ? change(job, now) : null,
  );
  if (after === null) return;
  ports.log.info({ jobId: before.id, what }, 'expired');
  if (what === 'job') await finishDeletion(ports, after);
  else for (const fileId of expiredFiles(before, after)) await ports.files.delete(fileId);
}

import type { Job } from '@clipscribe/contracts';
import { terminalStates } from '@clipscribe/contracts';
import type { FileStore, StoredFile } from '@clipscribe/file-store';
import { filesOf, workFilesOf } from './job-files.ts';
import { isGone } from './is-gone.ts';
import { INTENT_STALE_MS, ORPHAN_AGE_MS, PARTIAL_AGE_MS } from './timing.ts';
import type { ProtocolPorts } from './transition.ts';

type Ports = ProtocolPorts & { files: FileStore };

const BATCH = 100;

/** Removes what uploads left whose gateway died. The intent goes first: from then on it can accept nothing. */
export async function sweepIntents(ports: Ports): Promise<void> {
  for (const intent of await ports.jobs.staleIntents(INTENT_STALE_MS, BATCH)) {
    // Accepted in the meantime: the files belong to jobs now.
    if (!(await ports.jobs.dropIntent(intent.id))) continue;
    for (const id of intent.fileIds) await ports.files.delete(id);
    ports.log.info({ intentId: intent.id, files: intent.fileIds.length }, 'unfinished upload removed');
  }
}

/**
 * Looks at one batch of files for those that nothing refers to, and goes on there the next time.
 * @returns the cursor for the next batch
 */
export async function sweepOrphans(ports: Ports, after: string | undefined): Promise<string | undefined> {
  const files = await ports.files.listOlderThan(ORPHAN_AGE_MS, {
    limit: BATCH,
    ...(after === undefined ? {} : { after }),
  });
  for (const file of files) {
    if (!(await isOrphan(ports, file))) continue;
    await ports.files.delete(file.id);
    ports.log.info({ fileId: file.id, jobId: file.jobId, kind: file.kind }, 'orphaned file removed');
  }
  if (after === undefined) await ports.files.sweepPartials(PARTIAL_AGE_MS);
  return files.length < BATCH ? undefined : files.at(-1)?.id;
}

/** The intent is asked before the job: an upload that is accepted in between is then seen as a job. */
async function isOrphan({ jobs }: Ports, file: StoredFile): Promise<boolean> {
  if (await jobs.isIntended(file.id)) return false;
  const job = (await jobs.get(file.jobId))?.job;
  if (job === undefined || isGone(job)) return true;
  return !isNeeded(job, file.id);
}

function isNeeded(job: Job, fileId: string): boolean {
  if (terminalStates.includes(job.state) && workFilesOf(job).includes(fileId)) return false;
  return filesOf(job).includes(fileId);
}

import type { Job } from '@clipscribe/contracts';
import type { FileStore } from '@clipscribe/file-store';
import { filesOf } from './job-files.ts';
import { deletionDone } from './owner-steps.ts';
import { transition, type ProtocolPorts } from './transition.ts';

/** Removes the files of a job in state `deleting`, then leaves the tombstone. Safe to run again after a crash. */
export async function finishDeletion(ports: ProtocolPorts & { files: FileStore }, job: Job): Promise<void> {
  for (const id of filesOf(job)) await ports.files.delete(id);
  await transition(ports, job.id, deletionDone);
}

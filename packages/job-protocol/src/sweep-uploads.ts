import { filesOfUpload, isComplete } from '@clipscribe/contracts';
import type { FileStore } from '@clipscribe/file-store';
import { finishUpload } from './finish-upload.ts';
import { isLive } from './lease-slot.ts';
import type { ProtocolPorts } from './transition.ts';

type Ports = ProtocolPorts & { files: FileStore };

const BATCH = 100;

/**
 * Sees to resumable uploads: those of which all bytes are there, but whose gateway died before they became jobs, and
 * those that nobody went on with.
 */
export async function sweepUploads(ports: Ports): Promise<void> {
  for (const id of await ports.jobs.dueUploads(BATCH)) {
    // One that cannot be helped must not keep the sweeper from all the others.
    await sweepUpload(ports, id).catch((error: unknown) => {
      ports.log.warn({ uploadId: id, err: error }, 'overdue upload not mended; it will be tried again');
    });
  }
}

/** The messages of a new job are published with the next sweep, as after a crash of a gateway. */
async function sweepUpload(ports: Ports, id: string): Promise<void> {
  const reading = await ports.jobs.getUpload(id);
  if (reading === null) return;
  const { upload, now } = reading;
  if (isComplete(upload)) {
    const finished = await finishUpload(ports, upload);
    if (finished?.isNew === true) ports.log.info({ jobId: id }, 'upload of a lost gateway finished');
    return;
  }
  // Nobody can lock an upload that has expired, so one without a live lock can no longer change.
  if (upload.expiresAt > now || isLive(upload.lock, now) || !(await ports.jobs.dropIntent(id))) return;
  for (const fileId of filesOfUpload(upload)) await ports.files.delete(fileId);
  ports.log.info({ uploadId: id, files: upload.parts.length }, 'expired upload removed');
}

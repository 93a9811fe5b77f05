import { isComplete, type Job, type ResumableUpload } from '@clipscribe/contracts';
import type { FileStore } from '@clipscribe/file-store';
import { newJob } from './new-job.ts';
import type { ProtocolPorts } from './transition.ts';

export interface FinishedUpload {
  job: Job;
  /** False when somebody else had turned the upload into the job before. */
  isNew: boolean;
}

type Ports = Pick<ProtocolPorts, 'jobs' | 'log'> & { files: FileStore };

/**
 * Turns a resumable upload of which all bytes are there into a job, whose id is that of the upload. Anybody may do it,
 * also several at once: one write decides. Publishing the outbox of a new job is left to the caller.
 * @param traceparent of the request with the last byte, when it is traced
 * @returns null when the upload was terminated, or its job deleted, in the meantime
 */
export async function finishUpload(
  ports: Ports,
  upload: ResumableUpload,
  traceparent?: string,
): Promise<FinishedUpload | null> {
  if (!isComplete(upload)) throw new RangeError(`upload ${upload.id} is not complete`);
  await removePending(ports, upload);
  const job = await jobOf(ports, upload, traceparent);
  if ((await ports.jobs.accept(upload.id, [job])) === 'accepted') return { job, isNew: true };
  const known = (await ports.jobs.get(upload.id))?.job;
  return known === undefined ? null : { job: known, isNew: false };
}

async function jobOf(
  { jobs, files }: Ports,
  upload: ResumableUpload,
  traceparent: string | undefined,
): Promise<Job> {
  const { id, ownerId, ownerEmail, options, name, length } = upload;
  const parts = upload.parts.map(({ fileId }) => fileId);
  const [fileId = ''] = parts;
  // Of several parts it would take another reading of all bytes; the converter reads them anyway.
  const sha256 = parts.length === 1 ? (await files.stat(fileId))?.sha256 : undefined;
  const file = { jobId: id, fileId, parts, name, bytes: length, ...(sha256 === undefined ? {} : { sha256 }) };
  const trace = traceparent === undefined ? {} : { traceparent };
  return newJob({ ownerId, ownerEmail, options, fingerprint: id, ...trace }, file, 0, await jobs.now());
}

/** What cannot be removed now is found as orphaned later; it must not keep the upload from its end. */
async function removePending({ files, log }: Ports, { id, pending }: ResumableUpload): Promise<void> {
  for (const fileId of pending) {
    await files.delete(fileId).catch((error: unknown) => {
      log.warn({ uploadId: id, fileId, err: error }, 'leftover of an upload not removed');
    });
  }
}

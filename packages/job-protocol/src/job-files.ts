import type { Job } from '@clipscribe/contracts';

/** Every file that the job refers to now. Files of the job that are not among them are leftovers. */
export function filesOf(job: Job): string[] {
  const chunkFiles = job.chunks.flatMap(({ fileId, resultFileId }) => [fileId, resultFileId]);
  const earlier = (job.earlierTranscripts ?? []).map(({ fileId }) => fileId);
  const ids = [job.source.fileId, job.audio.fileId, ...earlier, job.transcript.fileId, ...chunkFiles];
  return ids.filter((id) => id !== undefined);
}

/** Files that only the work needed, once the run is over. */
export function workFilesOf(job: Job): string[] {
  return job.chunks
    .flatMap(({ fileId, resultFileId }) => [fileId, resultFileId])
    .filter((id) => id !== undefined);
}

import type { Job } from '@clipscribe/contracts';

/** The files that were uploaded; the recording is what they give in this order. */
export function sourceFilesOf({ source }: Pick<Job, 'source'>): string[] {
  return source.parts ?? [source.fileId];
}

/** Every file that the job refers to now. Files of the job that are not among them are leftovers. */
export function filesOf(job: Job): string[] {
  const chunkFiles = job.chunks.flatMap(({ fileId, resultFileId }) => [fileId, resultFileId]);
  const source = job.source.expiredAt === undefined ? sourceFilesOf(job) : [];
  return [...source, ...resultFilesOf(job), ...chunkFiles].filter((id) => id !== undefined);
}

/** The MP3 and the transcripts. */
export function resultFilesOf({ audio, transcript, earlierTranscripts = [] }: Job): string[] {
  const ids = [audio, ...earlierTranscripts, transcript].map(({ fileId }) => fileId);
  return ids.filter((id) => id !== undefined);
}

/** Files that only the work needed, once the run is over. */
export function workFilesOf(job: Job): string[] {
  return job.chunks
    .flatMap(({ fileId, resultFileId }) => [fileId, resultFileId])
    .filter((id) => id !== undefined);
}

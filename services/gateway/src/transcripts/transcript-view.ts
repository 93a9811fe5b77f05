import type { Job, JobView, TranscriptVersion, TranscriptVersionView } from '@clipscribe/contracts';
import { newestVersion, transcriptsOf } from '@clipscribe/job-protocol';
import { iso } from '../iso.ts';

/** The newest version as a part of its job. */
export function transcriptView(job: Job): JobView['transcript'] {
  const total = job.chunks.length;
  const done = job.chunks.filter(({ resultFileId }) => resultFileId !== undefined).length;
  return {
    ...job.transcript,
    ...(job.options.transcript ? { version: newestVersion(job) } : {}),
    ...(total === 0 ? {} : { chunks: { done, total } }),
  };
}

/** All versions of a job's transcript, newest first. */
export function versionViews(job: Job): TranscriptVersionView[] {
  return transcriptsOf(job)
    .map((version, index) => versionView(job.id, index + 1, version))
    .reverse();
}

function versionView(
  jobId: string,
  version: number,
  { askedAt, endedAt, idempotencyKey: _key, ...transcript }: TranscriptVersion,
): TranscriptVersionView {
  const { fileId } = transcript;
  return {
    version,
    ...transcript,
    createdAt: iso(askedAt),
    ...(endedAt === undefined ? {} : { finishedAt: iso(endedAt) }),
    links:
      fileId === undefined
        ? {}
        : {
            transcript: `/jobs/${jobId}/transcripts/${String(version)}`,
            download: `/download?fid=${fileId}`,
          },
  };
}

import type { Job, TranscriptVersion, TranscriptVersionView } from '@clipscribe/contracts';
import { transcriptsOf } from '@clipscribe/job-protocol';
import { iso } from '../iso.ts';

/** All versions of a job's transcript, newest first. */
export function versionViews(job: Job): TranscriptVersionView[] {
  return transcriptsOf(job)
    .map((version, index) => versionView(job.id, index + 1, version))
    .reverse();
}

function versionView(
  jobId: string,
  version: number,
  { askedAt, endedAt, expiredAt, idempotencyKey: _key, ...transcript }: TranscriptVersion,
): TranscriptVersionView {
  const { fileId } = transcript;
  return {
    version,
    ...transcript,
    ...(expiredAt === undefined ? {} : { expiredAt: iso(expiredAt) }),
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

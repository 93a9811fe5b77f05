import type { Job, TranscriptOptions, TranscriptVersion } from '@clipscribe/contracts';

/** A job may be transcribed so often; the records of all versions are part of its document. */
export const MAX_TRANSCRIPTS = 50;

/** The number of the newest version, from 1. */
export function newestVersion(job: Job): number {
  return (job.earlierTranscripts?.length ?? 0) + 1;
}

/** True when the job has as many versions as it may have. */
export function isFull(job: Job): boolean {
  return newestVersion(job) >= MAX_TRANSCRIPTS;
}

/** All versions that were asked for, the first one first: version `n` is at place `n - 1`. */
export function transcriptsOf(job: Job): TranscriptVersion[] {
  return job.options.transcript ? [...(job.earlierTranscripts ?? []), newest(job)] : [];
}

/** The file of the newest version that was finished, also while a newer one is made or after it failed. */
export function servedTranscript(job: Job): string | undefined {
  const finished = (job.earlierTranscripts ?? []).findLast(({ fileId }) => fileId !== undefined);
  return job.transcript.fileId ?? finished?.fileId;
}

/** The job with the newest version among the earlier ones, in whose place comes the one that is asked for. */
export function withNextVersion(
  job: Job,
  request: Required<Pick<Job, 'transcriptRequest'>>['transcriptRequest'],
): Job {
  const earlierTranscripts = transcriptsOf(job);
  return {
    ...job,
    ...(earlierTranscripts.length === 0 ? {} : { earlierTranscripts }),
    transcriptRequest: request,
  };
}

function newest(job: Job): TranscriptVersion {
  const { askedAt, idempotencyKey } = job.transcriptRequest ?? { askedAt: job.createdAt };
  return {
    ...job.transcript,
    options: optionsOf(job),
    askedAt,
    ...(job.finishedAt === undefined ? {} : { endedAt: job.finishedAt }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}

function optionsOf({ options: { language, prompt } }: Job): TranscriptOptions {
  return { ...(language === undefined ? {} : { language }), ...(prompt === undefined ? {} : { prompt }) };
}

import { failures, type Failure, type Job } from '@clipscribe/contracts';
import { newestVersion, servedTranscript } from '@clipscribe/job-protocol';

interface About {
  jobId: string;
  /** Name of the uploaded file, as the owner gave it: not to be trusted. */
  fileName: string;
  /** Where the owner reaches the gateway, without a slash at the end. */
  baseUrl: string;
}

/** The MP3 can be downloaded. */
export interface ReadyContent extends About {
  kind: 'ready';
  audioFileId: string;
  /** Null when this run made no transcript. */
  transcriptFileId: string | null;
  /** Why there is none although the owner wanted one. */
  transcriptProblem?: Failure;
  /** Set when the transcript is another version than the first. */
  transcriptVersion?: number;
  /** Set when this run made none, but there is one of before. */
  hasEarlierTranscript?: true;
  /** Set when nobody speaks, so that the transcript is empty. */
  hasNoSpeech?: true;
  /** Why the MP3 holds less than the video. */
  audioProblem?: Failure;
  durationSeconds?: number;
}

/** There is no MP3. */
export interface FailedContent extends About {
  kind: 'failed';
  error: Failure;
}

/** What a mail tells the owner, before any wording. */
export type MailContent = ReadyContent | FailedContent;

/** Asked for the mail of a job that has not ended, or whose owner needs no mail. */
export class NothingToTellError extends Error {
  override readonly name = 'NothingToTellError';
  readonly code = 'NOTHING_TO_TELL';
  readonly jobId: string;

  constructor(job: Job) {
    super(`job ${job.id} is ${job.state}: there is nothing to tell its owner`);
    this.jobId = job.id;
  }
}

/** What to tell the owner of a job that has ended. @throws NothingToTellError */
export function describeJob(job: Job, baseUrl: string): MailContent {
  const about = { jobId: job.id, fileName: job.source.name, baseUrl };
  if (job.state === 'failed') return { ...about, kind: 'failed', error: failureOf(job) };
  const audioFileId = job.audio.fileId;
  if ((job.state !== 'succeeded' && job.state !== 'partial') || audioFileId === undefined) {
    throw new NothingToTellError(job);
  }
  const transcriptFileId = job.transcript.fileId ?? null;
  const { durationSeconds } = job.audio;
  return {
    ...about,
    kind: 'ready',
    audioFileId,
    transcriptFileId,
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
    ...transcriptFacts(job),
    ...(job.state === 'partial' ? problemsOf(job, transcriptFileId) : {}),
  };
}

function transcriptFacts(
  job: Job,
): Pick<ReadyContent, 'transcriptVersion' | 'hasEarlierTranscript' | 'hasNoSpeech'> {
  const { fileId, speech } = job.transcript;
  if (fileId === undefined) return servedTranscript(job) === undefined ? {} : { hasEarlierTranscript: true };
  const transcriptVersion = newestVersion(job);
  return {
    ...(transcriptVersion === 1 ? {} : { transcriptVersion }),
    ...(speech === 'none' ? { hasNoSpeech: true } : {}),
  };
}

function problemsOf(
  job: Job,
  transcriptFileId: string | null,
): Pick<ReadyContent, 'audioProblem' | 'transcriptProblem'> {
  return {
    ...(job.audio.error === undefined ? {} : { audioProblem: job.audio.error }),
    ...(transcriptFileId === null && job.transcript.state === 'failed'
      ? { transcriptProblem: failureOf(job) }
      : {}),
  };
}

/** The failure of the stage that failed, else that of the job as a whole. */
function failureOf(job: Job): Failure {
  const stage = job.state === 'partial' ? job.transcript : job.audio;
  return stage.error ?? job.error ?? { code: 'INTERNAL', reason: failures.INTERNAL.reason };
}

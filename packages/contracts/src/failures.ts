/**
 * Why a job, or one stage of it, ended badly. `transient` failures are tried again with backoff and only
 * become final when the attempts are used up; the others are final at once. `parked` ones wait for the operator:
 * they are tried again now and then for days, and these attempts do not count.
 */
export const failures = {
  EMPTY_FILE: { transient: false, reason: 'The file is empty.' },
  NOT_MEDIA: {
    transient: false,
    reason:
      'This is not a video or sound file that can be read. Upload an MP4, MOV, MKV, WebM, AVI or similar.',
  },
  CORRUPT_MEDIA: {
    transient: false,
    reason: 'The file is damaged or incomplete. Export or copy it again, then upload the new copy.',
  },
  NO_AUDIO_TRACK: { transient: false, reason: 'The video has no sound, so there is nothing to convert.' },
  UNSUPPORTED_MEDIA: {
    transient: false,
    reason: 'The sound is stored in a way that is not supported. Convert it to AAC or MP3 first.',
  },
  TOO_LONG: { transient: false, reason: 'The recording is longer than this server accepts.' },
  TOO_COMPLEX: {
    transient: false,
    reason:
      'The file has more tracks or channels than a recording would have. Export it with one sound track.',
  },
  EMPTY_OUTPUT: { transient: false, reason: 'No sound could be read from the file.' },
  INCOMPLETE_OUTPUT: {
    transient: false,
    reason: 'Only a part of the sound could be read, so the file is probably damaged.',
  },
  STALLED: {
    transient: false,
    reason: 'The conversion stopped making progress, so the file is probably damaged.',
  },
  RESOURCE_LIMIT: {
    transient: false,
    reason: 'Reading the file needed more memory or time than one recording may take.',
  },
  SOURCE_MISSING: { transient: false, reason: 'The uploaded file is no longer stored. Upload it again.' },
  STORAGE_FULL: { transient: true, reason: 'The server has no space left at the moment.' },
  WORKER_LOST: { transient: true, reason: 'The worker was stopped while it was at this job.' },
  INTERNAL: { transient: true, reason: 'Something went wrong on our side.' },
  PROVIDER_AUTH: {
    transient: false,
    reason: 'The speech service refused our key; the operator has to set it right.',
  },
  PROVIDER_QUOTA: {
    transient: true,
    parked: true,
    reason: 'The quota at the speech service is used up.',
  },
  PROVIDER_RATE_LIMITED: { transient: true, reason: 'The speech service asked us to slow down.' },
  PROVIDER_UNAVAILABLE: { transient: true, reason: 'The speech service did not answer properly.' },
  PROVIDER_BAD_ANSWER: {
    transient: true,
    reason: 'The speech service answered with something that is no transcript.',
  },
  PROVIDER_REJECTED: { transient: false, reason: 'The speech service refused the request.' },
  PROVIDER_TOO_LARGE: {
    transient: false,
    reason: 'The recording is larger than the speech service accepts.',
  },
  ENGINE_MISSING: { transient: false, reason: 'No speech engine is set up on this server.' },
  ENGINE_FAILED: { transient: true, reason: 'The speech engine failed.' },
  LANGUAGE_UNSUPPORTED: { transient: false, reason: 'The speech engine does not know this language.' },
  MAIL_REJECTED: { transient: false, reason: 'The mail server refused the recipient.' },
  MAIL_UNAVAILABLE: { transient: true, reason: 'The mail server could not be reached.' },
} as const satisfies Record<string, { transient: boolean; parked?: true; reason: string }>;

export type FailureCode = keyof typeof failures;

/** A failure as it is kept in a job and shown to its owner. */
export interface Failure {
  code: FailureCode;
  /** One or two sentences for the owner: what happened and what to do. */
  reason: string;
}

/** Thrown by the workers to end an attempt; the job protocol decides between a retry and a final state. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
  readonly code: FailureCode;
  readonly transient: boolean;
  /** How long the other side asked us to wait, in milliseconds (from `Retry-After`). */
  readonly retryAfterMs: number | undefined;
  /** True when only the operator can end it, so that it is waited for, for days if need be. */
  readonly parked: boolean;
  /** True when the operator has been told already: it needs no log line of its own. */
  readonly reported: boolean;

  constructor(
    code: FailureCode,
    options: { detail?: string; cause?: unknown; retryAfterMs?: number; reported?: boolean } = {},
  ) {
    super(options.detail ?? failures[code].reason, { cause: options.cause });
    this.code = code;
    this.transient = failures[code].transient;
    this.parked = 'parked' in failures[code];
    this.retryAfterMs = options.retryAfterMs;
    this.reported = options.reported ?? false;
  }
}

/** Any thrown value as a JobFailure: out of space and unknown errors are transient, never "bad media". */
export function asJobFailure(error: unknown): JobFailure {
  if (error instanceof JobFailure) return error;
  // Asked by form: an error of another realm, as under a test runner, is no instance of our Error.
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new JobFailure('STORAGE_FULL', { cause: error });
  return new JobFailure('INTERNAL', { cause: error });
}

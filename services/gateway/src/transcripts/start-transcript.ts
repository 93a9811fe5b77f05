import { isDeepStrictEqual } from 'node:util';
import { iso, type Job, type Principal, type TranscriptOptions } from '@clipscribe/contracts';
import {
  inTrace,
  MAX_TRANSCRIPTS,
  newTranscript,
  transcriptRefusal,
  transcriptsOf,
  transition,
  type TranscriptRefusal,
} from '@clipscribe/job-protocol';
import { currentTraceparent, HttpProblem } from '@clipscribe/runtime';
import type { RouteDeps } from '../gateway-deps.ts';
import { loadJob } from '../load-job.ts';
import { withRoomForJob } from '../quotas/with-room-for-job.ts';

/** What is asked of a new version, and the key under which the question may be repeated. */
export interface TranscriptRequest {
  options: TranscriptOptions;
  idempotencyKey: string | undefined;
}

/**
 * Sends a job that is over back to work for a new version of its transcript. One question at a time wins; a repeated
 * one is given the job as it is by now.
 * @throws HttpProblem NOT_READY, NOT_TRANSCRIBABLE, TOO_MANY_VERSIONS, SOURCE_EXPIRED, IDEMPOTENCY_KEY_REUSED,
 * NOT_FOUND, TOO_MANY_JOBS, MINUTES_USED_UP
 */
export async function startTranscript(
  deps: RouteDeps,
  principal: Principal,
  job: Job,
  request: TranscriptRequest,
): Promise<Job> {
  if (isRepeated(job, request)) return job;
  const why = transcriptRefusal(job);
  if (why !== null) throw refusal(job, why);
  if ((await deps.files.stat(job.source.fileId)) === null) throw sourceMissing();
  const change = inTrace(newTranscript(request.options, request.idempotencyKey), currentTraceparent());
  const started = await withRoomForJob(deps, job.ownerId, () => transition(deps, job.id, change));
  if (started !== null) return started;
  const current = await loadJob(deps.jobs, principal, job.id);
  if (isRepeated(current, request)) return current;
  throw refusal(current, transcriptRefusal(current) ?? 'running');
}

/** @throws HttpProblem IDEMPOTENCY_KEY_REUSED */
function isRepeated(job: Job, { options, idempotencyKey }: TranscriptRequest): boolean {
  if (idempotencyKey === undefined) return false;
  const known = transcriptsOf(job).find((version) => version.idempotencyKey === idempotencyKey);
  if (known === undefined) return false;
  if (isDeepStrictEqual(known.options, options)) return true;
  const detail =
    'This Idempotency-Key was used for a version with other options. Use a new key for a new one.';
  throw new HttpProblem('IDEMPOTENCY_KEY_REUSED', detail);
}

function refusal(job: Job, why: TranscriptRefusal): HttpProblem {
  switch (why) {
    case 'running': {
      const detail = `The job is ${job.state}. Ask again when it is over; GET /jobs/${job.id}/events follows it.`;
      return new HttpProblem('NOT_READY', detail, { headers: { 'Retry-After': '5' } });
    }
    case 'no-audio': {
      const detail = `The job was ${job.state} before it had an MP3. POST /jobs/${job.id}/retry runs it once more.`;
      return new HttpProblem('NOT_TRANSCRIBABLE', detail);
    }
    case 'full':
      return tooManyVersions();
    case 'expired':
      return sourceExpired(job.source.expiredAt ?? job.updatedAt);
  }
}

export function sourceExpired(expiredAt: number): HttpProblem {
  const detail = `The uploaded file was kept until ${iso(expiredAt)}, and is needed for that. Upload it again.`;
  return new HttpProblem('SOURCE_EXPIRED', detail);
}

export function tooManyVersions(): HttpProblem {
  const detail = `A job may have ${String(MAX_TRANSCRIPTS)} versions of its transcript. Upload the file again for more.`;
  return new HttpProblem('TOO_MANY_VERSIONS', detail);
}

function sourceMissing(): HttpProblem {
  return new HttpProblem(
    'NOT_TRANSCRIBABLE',
    'The uploaded file is no longer stored, so it cannot be transcribed again. Upload it again.',
  );
}

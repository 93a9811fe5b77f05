import { iso, terminalStates, type Job, type Stage } from '@clipscribe/contracts';
import { HttpProblem } from '@clipscribe/runtime';
import { Router } from 'express';
import type { RouteDeps } from '../gateway-deps.ts';
import { fileContent } from '../job-content.ts';
import { loadJob } from '../load-job.ts';
import { sendContent } from '../send-content.ts';

/** `GET /jobs/:id/audio`: the MP3. */
export function jobAudioRoute({ jobs, files, authenticator }: RouteDeps): Router {
  const router = Router();
  router.get(
    '/jobs/:id/audio',
    authenticator.guardFiles(async (req, res, principal) => {
      const job = await loadJob(jobs, principal, req.params['id']);
      if (job.audio.fileId === undefined) throw absent(job, 'MP3', job.audio);
      await sendContent(req, res, await fileContent(files, job.audio.fileId));
    }),
  );
  return router;
}

/** What is known of a result that is not there. */
type Absent = Pick<Stage, 'error'> & { expiredAt?: number };

/** It was there, for as long as results are kept here. */
export function expired(what: string, expiredAt: number): HttpProblem {
  const detail = `The ${what} was kept until ${iso(expiredAt)}. Upload the file again to have it once more.`;
  return new HttpProblem('RESULT_EXPIRED', detail);
}

/** Why there is nothing to download: not yet, never, or no more. */
export function absent(job: Job, what: string, { expiredAt, error }: Absent): HttpProblem {
  if (terminalStates.includes(job.state)) {
    if (expiredAt !== undefined) return expired(what, expiredAt);
    return new HttpProblem('NOT_AVAILABLE', error?.reason ?? `This job was ${job.state} and has no ${what}.`);
  }
  const detail = `The ${what} is not ready yet; the job is ${job.state}. GET /jobs/${job.id}/events follows it.`;
  return new HttpProblem('NOT_READY', detail, { headers: { 'Retry-After': '5' } });
}

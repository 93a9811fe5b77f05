import { terminalStates, type Job } from '@clipscribe/contracts';
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
    authenticator.guard(async (req, res, principal) => {
      const job = await loadJob(jobs, principal, req.params['id']);
      if (job.audio.fileId === undefined) throw absent(job, 'MP3', job.audio.error?.reason);
      await sendContent(req, res, await fileContent(files, job.audio.fileId));
    }),
  );
  return router;
}

/** Why there is nothing to download: not yet, or never. */
export function absent(job: Job, what: string, reason: string | undefined): HttpProblem {
  if (terminalStates.includes(job.state)) {
    return new HttpProblem('NOT_AVAILABLE', reason ?? `This job was ${job.state} and has no ${what}.`);
  }
  const detail = `The ${what} is not ready yet; the job is ${job.state}. GET /jobs/${job.id}/events follows it.`;
  return new HttpProblem('NOT_READY', detail, { headers: { 'Retry-After': '5' } });
}

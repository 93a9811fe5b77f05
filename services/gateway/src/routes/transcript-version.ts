import type { Job, TranscriptVersion } from '@clipscribe/contracts';
import { transcriptsOf } from '@clipscribe/job-protocol';
import { HttpProblem } from '@clipscribe/runtime';
import { Router } from 'express';
import type { RouteDeps } from '../gateway-deps.ts';
import { loadJob } from '../load-job.ts';
import { sendContent } from '../send-content.ts';
import { transcriptContent } from '../transcript-content.ts';
import { wantedFormat } from '../transcript-format.ts';
import { absent, expired } from './job-audio.ts';

/** `GET /jobs/:id/transcripts/:version?format=…`: one version of the transcript. */
export function transcriptVersionRoute({ jobs, files, authenticator }: RouteDeps): Router {
  const router = Router();
  router.get(
    '/jobs/:id/transcripts/:version',
    authenticator.guardFiles(async (req, res, principal) => {
      const format = wantedFormat(req, res);
      const job = await loadJob(jobs, principal, req.params['id']);
      const { fileId, endedAt, expiredAt, state, error } = findVersion(job, req.params['version']);
      if (fileId !== undefined) {
        await sendContent(req, res, await transcriptContent(files, job, fileId, format));
        return;
      }
      if (expiredAt !== undefined) throw expired('transcript', expiredAt);
      if (endedAt === undefined) throw absent(job, 'transcript', {});
      throw new HttpProblem('NOT_AVAILABLE', error?.reason ?? `This version was ${state}.`);
    }),
  );
  return router;
}

/** @throws HttpProblem NOT_FOUND */
function findVersion(job: Job, text: unknown): TranscriptVersion {
  const number = typeof text === 'string' && /^[1-9]\d{0,3}$/.test(text) ? Number(text) : 0;
  const version = transcriptsOf(job)[number - 1];
  if (version !== undefined) return version;
  const detail = `This job has no such version of its transcript. GET /jobs/${job.id}/transcripts lists them.`;
  throw new HttpProblem('NOT_FOUND', detail);
}

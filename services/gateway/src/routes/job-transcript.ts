import { Router } from 'express';
import { z } from 'zod';
import type { RouteDeps } from '../gateway-deps.ts';
import { transcriptContent, transcriptFormat } from '../job-content.ts';
import { loadJob } from '../load-job.ts';
import { sendContent } from '../send-content.ts';
import { absent } from './job-audio.ts';

const querySchema = z.object({ format: z.string().default('txt') });

/** `GET /jobs/:id/transcript?format=…`: the transcript. */
export function jobTranscriptRoute({ jobs, files, authenticator }: RouteDeps): Router {
  const router = Router();
  router.get(
    '/jobs/:id/transcript',
    authenticator.guard(async (req, res, principal) => {
      const format = transcriptFormat(querySchema.parse(req.query).format);
      const job = await loadJob(jobs, principal, req.params['id']);
      const { fileId, error } = job.transcript;
      if (fileId === undefined) throw absent(job, 'transcript', error?.reason);
      await sendContent(req, res, await transcriptContent(files, job, fileId, format));
    }),
  );
  return router;
}

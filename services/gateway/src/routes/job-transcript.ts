import type { Job, TranscriptStage } from '@clipscribe/contracts';
import { servedTranscript } from '@clipscribe/job-protocol';
import { Router } from 'express';
import type { RouteDeps } from '../gateway-deps.ts';
import { loadJob } from '../load-job.ts';
import { sendContent } from '../send-content.ts';
import { transcriptContent } from '../transcript-content.ts';
import { wantedFormat } from '../transcript-format.ts';
import { absent } from './job-audio.ts';

/** `GET /jobs/:id/transcript?format=…`: the newest transcript that is done, in the format asked for or accepted. */
export function jobTranscriptRoute({ jobs, files, authenticator }: RouteDeps): Router {
  const router = Router();
  router.get(
    '/jobs/:id/transcript',
    authenticator.guardFiles(async (req, res, principal) => {
      const format = wantedFormat(req, res);
      const job = await loadJob(jobs, principal, req.params['id']);
      const fileId = servedTranscript(job);
      if (fileId === undefined) throw absent(job, 'transcript', newestExpired(job));
      await sendContent(req, res, await transcriptContent(files, job, fileId, format));
    }),
  );
  return router;
}

/** The newest version, or the one of before whose file was there until it expired. */
function newestExpired({ transcript, earlierTranscripts = [] }: Job): TranscriptStage {
  return (
    [...earlierTranscripts, transcript].findLast(({ expiredAt }) => expiredAt !== undefined) ?? transcript
  );
}

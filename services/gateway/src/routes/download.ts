import { isId, type Job, type Principal } from '@clipscribe/contracts';
import type { StoredFile } from '@clipscribe/file-store';
import { filesOf, isGone } from '@clipscribe/job-protocol';
import { HttpProblem } from '@clipscribe/runtime';
import { Router } from 'express';
import type { RouteDeps } from '../gateway-deps.ts';
import { fileContent, noSuchFile } from '../job-content.ts';
import { mayAccess } from '../load-job.ts';
import { sendContent } from '../send-content.ts';
import { transcriptContent } from '../transcript-content.ts';
import { wantedFormat } from '../transcript-format.ts';

/** `GET /download?fid=…`: a result or the source by its file id; of a transcript, the format that is wanted. */
export function downloadRoute(deps: RouteDeps): Router {
  const router = Router();
  router.get(
    '/download',
    deps.authenticator.guard(async (req, res, principal) => {
      const fileId = req.query['fid'];
      if (typeof fileId !== 'string' || fileId === '') {
        throw new HttpProblem('INVALID_INPUT', 'Say which file: /download?fid=FILE_ID.');
      }
      const { file, job } = await findFile(deps, principal, fileId);
      const isTranscript = file.kind === 'transcript';
      const content = isTranscript
        ? transcriptContent(deps.files, job, file.id, wantedFormat(req, res))
        : fileContent(deps.files, file.id);
      await sendContent(req, res, await content);
    }),
  );
  return router;
}

/** A file that this person owns and whose job has published it: what a lost race wrote is never served. */
async function findFile(
  { files, jobs }: RouteDeps,
  principal: Principal,
  id: string,
): Promise<{ file: StoredFile; job: Job }> {
  const file = isId(id) ? await files.stat(id) : null;
  if (file === null || !mayAccess(principal, file)) throw noSuchFile();
  const job = (await jobs.get(file.jobId))?.job;
  if (job === undefined || isGone(job) || !filesOf(job).includes(id)) throw noSuchFile();
  return { file, job };
}

import { jobListQuerySchema } from '@clipscribe/contracts';
import { Router } from 'express';
import type { RouteDeps } from '../gateway-deps.ts';
import { jobViewText } from '../job-view.ts';

/** `GET /jobs`: the caller's jobs, newest first, in pages; those in a state or with a name when asked for. */
export function jobsRoute({ jobs, retention, authenticator }: RouteDeps): Router {
  const router = Router();
  router.get(
    '/jobs',
    authenticator.guard(async (req, res, principal) => {
      const { limit, cursor, state, search } = jobListQuerySchema.parse(req.query);
      const page = await jobs.list({
        ownerId: principal.userId,
        limit: limit + 1,
        ...(cursor === undefined ? {} : { cursor }),
        ...(state === undefined ? {} : { state }),
        ...(search === undefined ? {} : { search }),
      });
      const shown = page.slice(0, limit);
      const nextCursor = page.length > limit ? (shown.at(-1)?.id ?? null) : null;
      // Put together from the jobs' own texts: most of them were sent before.
      const texts = shown.map((job) => jobViewText(job, retention)).join(',');
      res.type('json').send(`{"jobs":[${texts}],"nextCursor":${JSON.stringify(nextCursor)}}`);
    }),
  );
  return router;
}

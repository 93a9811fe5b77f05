import { deadLetterQuerySchema, iso, SHOWN_BODY_CHARACTERS } from '@clipscribe/contracts';
import type { DeadLetterList, DeadLetterView } from '@clipscribe/contracts';
import { jobOf, readDeadLetters, type DeadLetter } from '@clipscribe/job-queue';
import { HttpProblem } from '@clipscribe/runtime';
import { Router, type Request, type RequestHandler } from 'express';
import type { RouteDeps } from '../gateway-deps.ts';

/** `/admin/dead-letters`: messages that nobody could handle, for administrators to look at, replay and discard. */
export function adminDeadLettersRoutes({ queue, log, authenticator }: RouteDeps): Router {
  /** Does something to the dead letter that the path names. */
  const act = (name: string, work: (id: string) => Promise<boolean>): RequestHandler =>
    authenticator.guardAdmins(async (req, res, { userId }) => {
      const id = idOf(req);
      if (!(await work(id))) throw new HttpProblem('NOT_FOUND', 'There is no such dead letter any more.');
      log.info({ by: userId, deadLetter: id }, `dead letter ${name}`);
      res.status(204).end();
    });

  const router = Router();
  router.get(
    '/admin/dead-letters',
    authenticator.guardAdmins(async (req, res) => {
      const { limit, queue: only } = deadLetterQuerySchema.parse(req.query);
      // One more than wanted tells whether there are more.
      const found = await readDeadLetters(queue, { only, limit: limit + 1 });
      const deadLetters = found.slice(0, limit).map(view);
      const list: DeadLetterList = { deadLetters, more: found.length > limit };
      res.set('Cache-Control', 'no-store').json(list);
    }),
  );
  router.post(
    '/admin/dead-letters/:id/replay',
    act('replayed', (id) => queue.replayDeadLetter(id)),
  );
  router.delete(
    '/admin/dead-letters/:id',
    act('discarded', (id) => queue.discardDeadLetter(id)),
  );
  return router;
}

/** Whoever may publish gives messages ids of any form. */
function idOf(req: Request): string {
  const id = req.params['id'];
  return typeof id === 'string' ? id : '';
}

function view(letter: DeadLetter): DeadLetterView {
  const { id, queue, body, reason, deadAt } = letter;
  const jobId = jobOf(letter);
  return {
    ...{ id, queue, reason },
    ...(jobId === undefined ? {} : { jobId }),
    ...(deadAt === 0 ? {} : { deadAt: iso(deadAt) }),
    body: body.slice(0, SHOWN_BODY_CHARACTERS),
  };
}

import { isId, type Principal } from '@clipscribe/contracts';
import { HttpProblem, methodNotAllowed, UnavailableError } from '@clipscribe/runtime';
import { Router, type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import { closeUnread } from '../close-unread.ts';
import type { RouteDeps } from '../gateway-deps.ts';
import { checksumAlgorithms } from '../resumable/checksum.ts';
import { continueUpload } from '../resumable/continue-upload.ts';
import { createUpload } from '../resumable/create-upload.ts';
import { TUS_VERSION, UPLOADS_PATH } from '../resumable/run-tus.ts';
import { requireTus } from '../resumable/upload-headers.ts';
import { locked, noSuchUpload } from '../resumable/upload-problems.ts';
import { tusExtensions } from '../resumable/upload-store.ts';
import { ClientGoneError } from '../upload/read-body.ts';

const ONE = `${UPLOADS_PATH}/:id`;
const methods = ['HEAD', 'PATCH', 'DELETE'] as const;

/**
 * `/uploads`: resumable uploads by tus 1.0.0 (https://tus.io/protocols/resumable-upload). `POST` begins one, `PATCH` adds
 * bytes, `HEAD` tells where it stands, `DELETE` gives it up. With its last byte it becomes a job of the same id.
 */
export function resumableUploadRoutes(deps: RouteDeps): Router {
  const router = Router();
  const guard = (handle: Parameters<typeof tusOnly>[1]): RequestHandler =>
    deps.authenticator.guard(tusOnly(deps, handle));
  const one = guard(async (req, res, principal) => {
    const id = req.params['id'];
    const method = methods.find((known) => known === effectiveMethod(req));
    if (method === undefined) methodNotAllowed(...methods)(req, res, () => undefined);
    else if (typeof id !== 'string' || !isId(id)) throw noSuchUpload();
    else await continueUpload(deps, principal, { id, method }, { req, res });
  });

  router.use(UPLOADS_PATH, closeUnread, (_req, res, next) => {
    res.set('Tus-Resumable', TUS_VERSION);
    next();
  });
  router.options([UPLOADS_PATH, ONE], (_req, res) => {
    res.status(204).set(abilities(deps)).end();
  });
  router.post(
    UPLOADS_PATH,
    guard((req, res, principal) => createUpload(deps, principal, req, res)),
  );
  router.head(ONE, one, awayAsLocked);
  router.patch(ONE, one);
  router.delete(ONE, one);
  router.post(ONE, one);
  return router;
}

function tusOnly(
  { log }: RouteDeps,
  handle: (req: Request, res: Response, principal: Principal) => Promise<void>,
): (req: Request, res: Response, principal: Principal) => Promise<void> {
  return async (req, res, principal) => {
    requireTus(req);
    try {
      await handle(req, res, principal);
    } catch (error) {
      if (!(error instanceof ClientGoneError)) throw error;
      log.info({ userId: principal.userId }, 'resumable upload interrupted by the client');
      res.destroy();
    }
  };
}

/**
 * Where an upload stands cannot be told while a service is away. tus-js-client takes every answer to that question but
 * 423 for the loss of the upload, and begins from the first byte; after 423 it asks again.
 */
const awayAsLocked: ErrorRequestHandler = (error: unknown, _req, _res, next) => {
  const isAway = error instanceof UnavailableError || (error instanceof HttpProblem && error.status === 503);
  next(isAway ? locked() : error);
};

/** Only `POST` may stand for another method, for clients that cannot send it, and only where it has no own meaning. */
function effectiveMethod(req: Request): string {
  if (req.method !== 'POST') return req.method;
  return req.get('x-http-method-override')?.toUpperCase() ?? 'POST';
}

function abilities({ limits }: RouteDeps): Record<string, string> {
  return {
    'Tus-Version': TUS_VERSION,
    'Tus-Extension': tusExtensions.join(','),
    'Tus-Max-Size': String(limits.maxUploadBytes),
    'Tus-Checksum-Algorithm': checksumAlgorithms.join(','),
  };
}

import { methodNotAllowed } from '@clipscribe/runtime';
import { Router } from 'express';

/** Every path with the methods it takes; other methods are told so instead of "not found". */
export const pathMethods: Readonly<Record<string, readonly string[]>> = {
  '/': ['GET', 'HEAD'],
  '/app/:file': ['GET', 'HEAD'],
  '/docs': ['GET', 'HEAD'],
  '/openapi.json': ['GET', 'HEAD'],
  '/login': ['POST'],
  '/register': ['POST'],
  '/logout': ['POST'],
  '/password': ['POST'],
  '/upload': ['POST'],
  '/uploads': ['POST', 'OPTIONS'],
  '/uploads/:id': ['HEAD', 'PATCH', 'DELETE', 'POST', 'OPTIONS'],
  '/download': ['GET', 'HEAD'],
  '/me': ['GET', 'HEAD', 'PATCH'],
  '/events': ['GET'],
  '/jobs': ['GET', 'HEAD'],
  '/jobs/:id': ['GET', 'HEAD', 'DELETE'],
  '/jobs/:id/events': ['GET'],
  '/jobs/:id/audio': ['GET', 'HEAD'],
  '/jobs/:id/media-cookie': ['POST'],
  '/jobs/:id/transcript': ['GET', 'HEAD'],
  '/jobs/:id/transcripts': ['GET', 'HEAD', 'POST'],
  '/jobs/:id/transcripts/:version': ['GET', 'HEAD'],
  '/jobs/:id/webhooks': ['GET', 'HEAD'],
  '/jobs/:id/webhooks/:delivery/replay': ['POST'],
  '/jobs/:id/retry': ['POST'],
  '/jobs/:id/cancel': ['POST'],
  '/webhooks': ['GET', 'HEAD', 'POST'],
  '/webhooks/:id': ['GET', 'HEAD', 'PATCH', 'DELETE'],
  '/webhooks/:id/secret': ['GET', 'HEAD'],
  '/webhooks/:id/rotate-secret': ['POST'],
  '/webhooks/:id/deliveries': ['GET', 'HEAD'],
  '/admin/users': ['GET', 'HEAD', 'POST'],
  '/admin/users/:id': ['PATCH'],
  '/admin/users/:id/reset-password': ['POST'],
  '/admin/dead-letters': ['GET', 'HEAD'],
  '/admin/dead-letters/:id': ['DELETE'],
  '/admin/dead-letters/:id/replay': ['POST'],
  '/healthz': ['GET', 'HEAD'],
  '/readyz': ['GET', 'HEAD'],
};

/** Stands before the routes: express itself would answer OPTIONS, and HEAD where there is a GET. */
export function methodRules(): Router {
  const router = Router();
  for (const [path, methods] of Object.entries(pathMethods)) {
    const refuse = methodNotAllowed(...methods);
    router.all(path, (req, res, next) => {
      if (methods.includes(req.method)) next();
      else refuse(req, res, next);
    });
  }
  return router;
}

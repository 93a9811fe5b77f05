import { HttpProblem } from '@clipscribe/runtime';
import { Router } from 'express';
import type { RouteDeps } from '../gateway-deps.ts';
import { pageHeaders } from '../page/page-headers.ts';
import { sendPageFile } from '../page/send-page-file.ts';

/** Names carry a hash of the content: whoever has the file need not ask again for a year. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/** `GET /app/:file`: the scripts, styles and pictures of the web page. */
export function pageAssetsRoute({ page }: Pick<RouteDeps, 'page'>): Router {
  const router = Router();
  router.get('/app/:file', (req, res) => {
    const file = page?.assets.get(req.params.file);
    if (file === undefined) throw new HttpProblem('NOT_FOUND', 'The page has no such file. Open / again.');
    res.set({ ...pageHeaders, 'Cache-Control': FOR_EVER });
    sendPageFile(req, res, file);
  });
  return router;
}

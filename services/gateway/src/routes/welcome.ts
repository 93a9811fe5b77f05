import { createHash } from 'node:crypto';
import { transcriptFormatNames } from '@clipscribe/transcript';
import { Router } from 'express';
import type { RouteDeps } from '../gateway-deps.ts';
import { pageHeaders } from '../page/page-headers.ts';
import { sendPageFile } from '../page/send-page-file.ts';

const text = `clipscribe turns video into an MP3 and a transcript.

  POST /login                       HTTP Basic or JSON; answers a bearer token
  POST /upload                      multipart, one or more files; answers the jobs
  POST /uploads                     a resumable upload by tus 1.0; OPTIONS tells more
  GET  /jobs                        your jobs, newest first
  GET  /jobs/ID                     one job; /events follows it
  GET  /jobs/ID/audio               the MP3
  GET  /jobs/ID/transcript          the transcript; ?format=${transcriptFormatNames.join(', ')}
  POST /jobs/ID/transcripts         transcribes again, with language or prompt; GET lists all versions
  GET  /jobs/ID/transcripts/N       one version
  GET  /download?fid=FILE_ID        the same by file id
  POST /jobs/ID/retry               POST /jobs/ID/cancel               DELETE /jobs/ID
  GET  /me                          who you are, what you may use and have used; PATCH chooses your mails
  POST /webhooks                    tells a program how jobs end; GET lists yours
  GET  /jobs/ID/webhooks            what was told, and what came of it
  POST /logout                      POST /password                     POST /register
  GET  /admin/users                 GET  /admin/dead-letters           for administrators
  GET  /docs                        all of this in full; /openapi.json for programs
`;

const textTag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 16)}"`;

/** For the one who opens the address without knowing what is behind it: browsers get the web page, all others a text. */
export function welcomeRoute({ page }: Pick<RouteDeps, 'page'>): Router {
  const router = Router();
  router.get('/', (req, res) => {
    res.vary('Accept').set('Cache-Control', 'no-cache');
    // The first one is for those who take anything, as curl does.
    const wanted = req.accepts(['text/plain', 'text/html']);
    if (page === undefined || page === null || wanted !== 'text/html') {
      res.set('ETag', textTag).type('text/plain').send(text);
      return;
    }
    res.set(pageHeaders);
    sendPageFile(req, res, page.html);
  });
  return router;
}

import type { RequestHandler } from 'express';

/** What pages may send beside the simple headers: the token, conditions and ranges, and those of tus. */
const ALLOWED_HEADERS = [
  ...['Authorization', 'Content-Type', 'Idempotency-Key', 'If-None-Match', 'If-Range', 'Range'],
  ...['Tus-Resumable', 'Upload-Length', 'Upload-Offset', 'Upload-Metadata', 'Upload-Checksum'],
  ...['Upload-Defer-Length', 'Upload-Concat', 'X-HTTP-Method-Override', 'X-Requested-With'],
].join(', ');

/** What pages may read of an answer; browsers hide the rest from them. */
const EXPOSED_HEADERS = [
  ...['Location', 'ETag', 'Content-Disposition', 'Content-Range', 'Accept-Ranges', 'Retry-After'],
  ...['Tus-Resumable', 'Tus-Version', 'Tus-Extension', 'Tus-Max-Size', 'Tus-Checksum-Algorithm'],
  ...['Upload-Offset', 'Upload-Length', 'Upload-Metadata', 'Upload-Expires', 'Upload-Defer-Length'],
].join(', ');

const ALLOWED_METHODS = 'GET, HEAD, POST, PATCH, DELETE';
/** Seconds that a browser need not ask again; Chromium takes no more. */
const PREFLIGHT_SECONDS = '7200';

/**
 * Lets pages of these origins call the API from a browser (https://fetch.spec.whatwg.org/#http-cors-protocol); of all
 * others nothing is said, so that browsers keep them out. Who calls is told by a bearer token, never by a cookie:
 * credentials are not allowed, and `*` is a choice that an operator can make.
 */
export function crossOrigin(origins: readonly string[]): RequestHandler {
  const any = origins.includes('*');
  return (req, res, next) => {
    if (!any) res.vary('Origin');
    const origin = req.get('origin');
    if (origin === undefined || !(any || origins.includes(origin))) {
      next();
      return;
    }
    res.set({
      'Access-Control-Allow-Origin': any ? '*' : origin,
      'Access-Control-Expose-Headers': EXPOSED_HEADERS,
    });
    if (req.method !== 'OPTIONS' || req.get('access-control-request-method') === undefined) {
      next();
      return;
    }
    res
      .status(204)
      .set({
        'Access-Control-Allow-Methods': ALLOWED_METHODS,
        'Access-Control-Allow-Headers': ALLOWED_HEADERS,
        'Access-Control-Max-Age': PREFLIGHT_SECONDS,
      })
      .end();
  };
}

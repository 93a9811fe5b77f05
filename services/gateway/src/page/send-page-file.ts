import { encodings, type Encoding, type PageFile } from '@clipscribe/web';
import type { Request, Response } from 'express';

/** Answers GET and HEAD with the smallest form that the client can read (RFC 9110, section 12.5.3). */
export function sendPageFile(req: Request, res: Response, file: PageFile): void {
  const encoding = encodingFor(req);
  // A weak comparison would do for `If-None-Match`, yet each form is a representation of its own.
  res.vary('Accept-Encoding').set({ ETag: `"${file.tag}-${encoding}"`, 'Content-Type': file.contentType });
  if (req.fresh) {
    res.status(304).end();
    return;
  }
  if (encoding !== 'identity') res.set('Content-Encoding', encoding);
  res.set('Content-Length', String(file.bodies[encoding].length));
  res.end(req.method === 'HEAD' ? undefined : file.bodies[encoding]);
}

/** Clients give the encodings they take no order; ours is by size. */
function encodingFor(req: Request): Encoding {
  return encodings.find((encoding) => req.acceptsEncodings(encoding) === encoding) ?? 'identity';
}

import type { Request, Response } from 'express';

const NAME = 'clipscribe_media';
/** The page asks anew before it is over, as long as it is open. */
const SECONDS = 3600;

/**
 * Players and downloads of a browser cannot send a header. For them the token travels in a cookie that the browser sends
 * to this one job alone and to no page of another site, that no script can read, and that only what hands out files
 * looks at. It is the caller's own token: what revokes one ends the other.
 */
export function setMediaCookie(req: Request, res: Response, jobId: string, token: string): void {
  res.cookie(NAME, token, {
    path: `/jobs/${jobId}`,
    httpOnly: true,
    sameSite: 'strict',
    secure: req.secure,
    maxAge: SECONDS * 1000,
    encode: String, // a JWT consists of characters that cookies may have
  });
}

/** The token of the cookie; undefined when there is none, or when another site had the request sent. */
export function mediaCookie(req: Request): string | undefined {
  const site = req.get('sec-fetch-site');
  // SameSite takes the neighbours in a domain for the same site; browsers that tell more are taken at their word.
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return undefined;
  const pairs = (req.get('cookie') ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${NAME}=`))?.slice(NAME.length + 1);
}

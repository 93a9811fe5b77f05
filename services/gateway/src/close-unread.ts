import { bodyMayTakeLong } from '@clipscribe/runtime';
import type { RequestHandler } from 'express';

/** So long the rest of a refused upload is read and thrown away, for the client to see the answer. */
const LINGER_MS = 5000;

/**
 * For uploads, which have no limit in time but are watched while they are read. An answer before the end of one: the
 * connection is closed once the client had time to read it.
 */
export const closeUnread: RequestHandler = (req, res, next) => {
  bodyMayTakeLong(req);
  res.once('finish', () => {
    if (req.complete) return;
    // The reader of a refused upload may still listen, and with it nothing would flow.
    req.removeAllListeners('readable');
    // Only now: a tick after that Node stops what flows, and the end of the request would never be seen.
    process.nextTick(() => req.resume());
    const timer = setTimeout(() => {
      // By then the connection may be about another request.
      if (!req.complete) req.destroy();
    }, LINGER_MS).unref(); // a client that leaves now gives no event that could clear it
    req.once('close', () => {
      clearTimeout(timer);
    });
  });
  next();
};

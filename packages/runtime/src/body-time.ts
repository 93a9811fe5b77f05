import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { HttpProblem, sendProblem } from './problem.ts';

/** So long the headers of a request may take, and so long a body that is no upload, in ms. */
export const REQUEST_MS = 30_000;

const timers = new WeakMap<IncomingMessage, NodeJS.Timeout>();

/**
 * Ends requests whose body has not arrived in time, whether anybody reads it or not: a trickle would hold its
 * connection for ever. Small bodies are small by rule, so this limit on time takes nothing from anybody.
 */
export function limitBodyTime(limitMs: number = REQUEST_MS): RequestHandler {
  return (req, res, next) => {
    if (!hasBody(req)) {
      next();
      return;
    }
    const timer = setTimeout(() => {
      if (req.complete) return;
      if (res.headersSent) {
        req.destroy();
        return;
      }
      res.once('finish', () => {
        req.destroy();
      });
      const seconds = String(limitMs / 1000);
      sendProblem(
        res.set('Connection', 'close'),
        new HttpProblem('REQUEST_TIMEOUT', `The body must arrive within ${seconds} seconds. Send it again.`),
      );
    }, limitMs).unref(); // the connection keeps the process; not every broken request tells of its end
    timers.set(req, timer);
    req.once('close', () => {
      clearTimeout(timer);
    });
    next();
  };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Takes the limit off a request whose body is watched by whoever reads it. */
export function bodyMayTakeLong(req: IncomingMessage): void {
  clearTimeout(timers.get(req));
}

import { METHODS } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import { extendContext, inContext } from './trace-context.ts';
import type { Span, Tracer } from './span.ts';

/** Asked by machines every few seconds, and a part of nothing. */
const UNTRACED = new Set(['/healthz', '/readyz']);

/** Gives each request a context of its own: what is found out about it is known wherever it is worked on. */
export const contextOfRequest: RequestHandler = (_req, _res, next) => {
  inContext({}, next);
};

/** A server span for each request, as a part of its `traceparent` when that is valid. */
export function traceRequests(tracer: Tracer): RequestHandler {
  return (req, res, next) => {
    if (UNTRACED.has(req.path)) {
      next();
      return;
    }
    const method = METHODS.includes(req.method) ? req.method : '_OTHER';
    const span = tracer.start(method, {
      kind: 'server',
      parent: req.get('traceparent'),
      attributes: { 'http.request.method': method, 'url.scheme': req.protocol },
    });
    extendContext({ traceId: span.traceId, span });
    res.once('close', () => {
      endSpan(span, req, res, method);
    });
    next();
  };
}

/** Never the path or the query: people write what they like there. */
function endSpan(span: Span, req: Request, res: Response, method: string): void {
  const route = routeOf(req);
  if (route !== undefined) span.rename(`${method} ${route}`);
  span.set({ 'http.route': route, 'http.response.status_code': res.statusCode });
  if (res.statusCode >= 500) span.fail(String(res.statusCode));
  else if (!res.writableFinished) span.set({ 'clipscribe.aborted': true });
  span.end();
}

/** The pattern of the route that took the request; undefined when none did. */
export function routeOf(req: { route?: { path?: unknown } }): string | undefined {
  return typeof req.route?.path === 'string' ? req.route.path : undefined;
}

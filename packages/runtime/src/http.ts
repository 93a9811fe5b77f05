import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type RequestHandler } from 'express';
import { problemBody, type ProblemCode } from '@clipscribe/contracts';
import { limitBodyTime, REQUEST_MS } from './body-time.ts';
import { limitConnections, type ConnectionLimit } from './limit-connections.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { HttpProblem } from './problem.ts';
import { StartError } from './run.ts';
import type { Tracer } from './span.ts';
import { contextFields, currentContext } from './trace-context.ts';
import { contextOfRequest, routeOf, traceRequests } from './trace-requests.ts';

/** JSON bodies are small by rule; files never come as JSON. */
const JSON_LIMIT_BYTES = 10_000;

/** An express app without the habits we do not want: no signature header, strict query strings, no ETag guessing. */
export function createHttpApp(deps: {
  log: Log;
  metrics: Metrics;
  requestMs?: number;
  tracer?: Tracer | undefined;
}): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(contextOfRequest, observeRequests(deps));
  if (deps.tracer !== undefined) app.use(traceRequests(deps.tracer));
  app.use(limitBodyTime(deps.requestMs));
  return app;
}

/** Parses a JSON object of at most 10 kB, and refuses other content types with 415. */
export const jsonBody: RequestHandler[] = [
  requireJson,
  express.json({ limit: JSON_LIMIT_BYTES, strict: true }),
];

function requireJson(...[req, , next]: Parameters<RequestHandler>): void {
  if (!req.is('application/json')) {
    throw new HttpProblem('UNSUPPORTED_TYPE', 'Send a JSON object with Content-Type: application/json.');
  }
  next();
}

function observeRequests({ log, metrics }: { log: Log; metrics: Metrics }): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now();
    // The end of a connection is told outside of the request's context.
    const context = currentContext();
    res.once('close', () => {
      const seconds = (performance.now() - startedAt) / 1000;
      // The pattern, never the path itself: paths carry ids, which would make a metric each.
      const route = routeOf(req) ?? 'none';
      const labels = { method: req.method, route, status: res.statusCode };
      metrics.httpRequestSeconds.observe(labels, seconds);
      const ids = contextFields(context);
      log.debug({ ...ids, ...labels, seconds, aborted: !res.writableFinished }, 'request');
    });
    next();
  };
}

export interface Listening {
  server: Server;
  /** `http://host:port` as reached from this machine. */
  url: string;
  port: number;
}

/**
 * Starts to listen. Requests may take as long as they are slow (uploads of hours are honest): only headers are limited
 * in time here, and bodies that are not uploads by the app.
 * @param options `requestMs`: so long the headers of a request may take; `connections`: how many a client may have open,
 *   any number when absent
 * @throws StartError when the port is taken or not allowed.
 */
export async function listen(
  app: RequestListener,
  options: { host: string; port: number; requestMs?: number; connections?: ConnectionLimit },
): Promise<Listening> {
  const headersTimeout = options.requestMs ?? REQUEST_MS;
  const times = {
    requestTimeout: 0,
    headersTimeout,
    keepAliveTimeout: 65_000,
    connectionsCheckingInterval: Math.min(headersTimeout, 10_000),
  };
  const server = createServer(times, app);
  if (options.connections !== undefined) limitConnections(server, options.connections);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') socket.destroy();
    else socket.end(rawProblem(error.code));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(listenError(error, options));
    });
    server.listen(options.port, options.host, resolve);
  });
  // A server listening on a TCP port has an AddressInfo; only pipes have strings.
  const { port } = server.address() as AddressInfo;
  const host = options.host === '0.0.0.0' || options.host === '::' ? 'localhost' : options.host;
  return { server, port, url: `http://${host.includes(':') ? `[${host}]` : host}:${String(port)}` };
}

function listenError(error: NodeJS.ErrnoException, { host, port }: { host: string; port: number }): Error {
  const where = `${host}:${String(port)}`;
  if (error.code === 'EADDRINUSE') {
    return new StartError(`port ${String(port)} is taken; choose another with PORT=…`, { cause: error });
  }
  return new StartError(`cannot listen on ${where}: ${error.message}`, { cause: error });
}

/** What Node refuses before there is a request, by the code of its error. */
const rawProblems: Readonly<Record<string, { line: string; code: ProblemCode; detail: string }>> = {
  HPE_HEADER_OVERFLOW: {
    line: '431 Request Header Fields Too Large',
    code: 'BAD_REQUEST',
    detail: 'The request headers are too large.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    line: '408 Request Timeout',
    code: 'REQUEST_TIMEOUT',
    detail: 'The request headers took too long to arrive.',
  },
};
const malformed = {
  line: '400 Bad Request',
  code: 'BAD_REQUEST',
  detail: 'This is not a well-formed HTTP request.',
} as const;

function rawProblem(errorCode = ''): string {
  const { line, code, detail } = rawProblems[errorCode] ?? malformed;
  const body = JSON.stringify({ ...problemBody(code, detail), status: Number.parseInt(line, 10) });
  const length = String(Buffer.byteLength(body));
  return `HTTP/1.1 ${line}\r\nConnection: close\r\nContent-Type: application/problem+json\r\nContent-Length: ${length}\r\n\r\n${body}`;
}

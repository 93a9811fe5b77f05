import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type RequestHandler } from 'express';
import { problemBody } from '@clipscribe/contracts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { HttpProblem } from './problem.ts';
import { StartError } from './run.ts';

/** JSON bodies are small by rule; files never come as JSON. */
const JSON_LIMIT_BYTES = 10_000;

/** An express app without the habits we do not want: no signature header, strict query strings, no ETag guessing. */
export function createHttpApp(deps: { log: Log; metrics: Metrics }): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(observeRequests(deps));
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
    res.once('close', () => {
      const seconds = (performance.now() - startedAt) / 1000;
      const route = routeOf(req);
      metrics.httpRequestSeconds.observe({ method: req.method, route, status: res.statusCode }, seconds);
      log.debug(
        { method: req.method, route, status: res.statusCode, seconds, aborted: !res.writableFinished },
        'request',
      );
    });
    next();
  };
}

/** The route's pattern, never the path itself: paths carry ids, which would make a metric each. */
function routeOf(req: { route?: { path?: unknown } }): string {
  return typeof req.route?.path === 'string' ? req.route.path : 'none';
}

export interface Listening {
  server: Server;
  /** `http://host:port` as reached from this machine. */
  url: string;
  port: number;
}

/**
 * Starts to listen. Requests may take as long as they are slow (uploads of hours are honest); only headers
 * are limited in time, and the upload route watches for senders that stop.
 * @throws StartError when the port is taken or not allowed.
 */
export async function listen(app: Express, options: { host: string; port: number }): Promise<Listening> {
  const server = createServer({ requestTimeout: 0, headersTimeout: 30_000, keepAliveTimeout: 65_000 }, app);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') socket.destroy();
    else socket.end(rawProblem(error.code === 'HPE_HEADER_OVERFLOW'));
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

function rawProblem(headersTooLarge: boolean): string {
  const detail = headersTooLarge
    ? 'The request headers are too large.'
    : 'This is not a well-formed HTTP request.';
  const body = JSON.stringify({
    ...problemBody('BAD_REQUEST', detail),
    ...(headersTooLarge ? { status: 431 } : {}),
  });
  const line = headersTooLarge ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const length = String(Buffer.byteLength(body));
  return `HTTP/1.1 ${line}\r\nConnection: close\r\nContent-Type: application/problem+json\r\nContent-Length: ${length}\r\n\r\n${body}`;
}

/** Stops accepting, lets answers under way finish for `graceMs`, then cuts what is left. */
export async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) =>
    server.close(() => {
      resolve();
    }),
  );
  server.closeIdleConnections();
  const timer = setTimeout(() => {
    server.closeAllConnections();
  }, graceMs);
  await closed;
  clearTimeout(timer);
}

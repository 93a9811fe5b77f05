import type { Server, ServerResponse } from 'node:http';
import { sleep } from './sleep.ts';

/**
 * Stops accepting, lets answers under way finish for `graceMs`, then cuts what is left. Before that, for `partingMs`,
 * whoever still asks is answered and told to come no more on this connection: a request may be on its way already on one
 * that looks idle, and closing it would lose that request.
 */
export async function closeServer(server: Server, graceMs: number, partingMs = 0): Promise<void> {
  if (partingMs > 0) await part(server, partingMs);
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

const LOOK_MS = 50;

/** Ends early when nobody is connected any more. */
async function part(server: Server, partingMs: number): Promise<void> {
  server.prependListener('request', (_req, res: ServerResponse) => {
    if (!res.headersSent) res.setHeader('Connection', 'close');
  });
  const deadline = performance.now() + partingMs;
  while (performance.now() < deadline && (await connectionsOf(server)) > 0) await sleep(LOOK_MS);
}

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.getConnections((error, count) => {
      resolve(error === null ? count : 0);
    });
  });
}

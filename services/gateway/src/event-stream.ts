import type { Response } from 'express';
import type { RouteDeps } from './gateway-deps.ts';

/** Proxies drop connections that are silent for long. */
export const HEARTBEAT_MS = 15_000;

/** Answers with server-sent events until `follow` has ended; its signal fires when the client has left. */
export async function beginEvents(
  { log }: Pick<RouteDeps, 'log'>,
  res: Response,
  follow: (closed: AbortSignal) => Promise<void>,
): Promise<void> {
  res.set({
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-cache',
    'X-Accel-Buffering': 'no',
  });
  res.flushHeaders();
  const closed = new AbortController();
  res.once('close', () => {
    closed.abort();
  });
  try {
    await follow(closed.signal);
  } catch (error) {
    // The headers are out: all that can be said is that the stream ends, and the client asks again.
    log.debug({ err: error }, 'event stream ended early');
  }
  res.end();
}

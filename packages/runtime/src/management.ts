import { closeServer } from './close-server.ts';
import { createHttpApp, listen, type Listening } from './http.ts';
import { healthRoutes, type Health } from './health.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { notFoundHandler, problemHandler } from './problem.ts';

/** The management port of a service: `/metrics`, `/healthz`, `/readyz`; never reachable from outside. */
export async function listenForManagement(
  deps: { log: Log; metrics: Metrics; health: Health },
  options: { host: string; port: number },
): Promise<{ listening: Listening; close: () => Promise<void> }> {
  const app = createHttpApp(deps);
  app.use(healthRoutes(deps.health));
  app.get('/metrics', async (_req, res) => {
    res.type(deps.metrics.registry.contentType).send(await deps.metrics.registry.metrics());
  });
  app.use(notFoundHandler, problemHandler(deps.log));
  const listening = await listen(app, options);
  return { listening, close: () => closeServer(listening.server, 1000) };
}

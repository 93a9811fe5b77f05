import { createHttpApp, healthRoutes, notFoundHandler, problemHandler } from '@clipscribe/runtime';
import type { Express } from 'express';
import helmet from 'helmet';
import { Authenticator } from './authenticate.ts';
import { crossOrigin } from './cross-origin.ts';
import type { GatewayDeps } from './gateway-deps.ts';
import { accountRoutes } from './routes/account.ts';
import { adminDeadLettersRoutes } from './routes/admin-dead-letters.ts';
import { adminUsersRoutes } from './routes/admin-users.ts';
import { cancelJobRoute } from './routes/cancel-job.ts';
import { deleteJobRoute } from './routes/delete-job.ts';
import { docsRoutes } from './routes/docs.ts';
import { downloadRoute } from './routes/download.ts';
import { eventsRoute } from './routes/events.ts';
import { jobRoute } from './routes/job.ts';
import { jobAudioRoute } from './routes/job-audio.ts';
import { jobEventsRoute } from './routes/job-events.ts';
import { jobTranscriptRoute } from './routes/job-transcript.ts';
import { jobWebhooksRoutes } from './routes/job-webhooks.ts';
import { jobsRoute } from './routes/jobs.ts';
import { meRoute } from './routes/me.ts';
import { mediaCookieRoute } from './routes/media-cookie.ts';
import { methodRules } from './routes/method-rules.ts';
import { pageAssetsRoute } from './routes/page-assets.ts';
import { retryJobRoute } from './routes/retry-job.ts';
import { transcriptVersionRoute } from './routes/transcript-version.ts';
import { transcriptsRoute } from './routes/transcripts.ts';
import { uploadRoute } from './routes/upload.ts';
import { resumableUploadRoutes } from './routes/uploads.ts';
import { webhookRoute } from './routes/webhook.ts';
import { webhookDeliveriesRoute } from './routes/webhook-deliveries.ts';
import { webhookSecretRoutes } from './routes/webhook-secret.ts';
import { webhooksRoute } from './routes/webhooks.ts';
import { welcomeRoute } from './routes/welcome.ts';
import { trustFunction } from './trusted-proxies.ts';

/** Nothing that is served here is a page: no scripts, no frames, no rendering of what people uploaded. */
const securityHeaders = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"], sandbox: [] },
  },
});

/** The HTTP API. Never listens, never connects. */
export function createGatewayApp(gatewayDeps: GatewayDeps): Express {
  const deps = { ...gatewayDeps, authenticator: new Authenticator(gatewayDeps.auth, gatewayDeps.clock) };
  const app = createHttpApp(deps);
  app.set('trust proxy', trustFunction(deps.trustProxy));
  app.use(securityHeaders);
  if (deps.corsOrigins !== undefined && deps.corsOrigins.length > 0) app.use(crossOrigin(deps.corsOrigins));
  app.use(methodRules());
  app.use(healthRoutes(deps.health));
  const routes = [
    welcomeRoute,
    pageAssetsRoute,
    docsRoutes,
    accountRoutes,
    uploadRoute,
    resumableUploadRoutes,
    meRoute,
    eventsRoute,
    jobsRoute,
    jobRoute,
    jobEventsRoute,
    mediaCookieRoute,
    jobAudioRoute,
    jobTranscriptRoute,
    transcriptsRoute,
    transcriptVersionRoute,
    downloadRoute,
    retryJobRoute,
    cancelJobRoute,
    deleteJobRoute,
    jobWebhooksRoutes,
    webhooksRoute,
    webhookRoute,
    webhookSecretRoutes,
    webhookDeliveriesRoute,
    adminUsersRoutes,
    adminDeadLettersRoutes,
  ];
  for (const route of routes) app.use(route(deps));
  app.use(notFoundHandler, problemHandler(deps.log));
  return app;
}

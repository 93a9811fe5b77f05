import { openFileStore } from '@clipscribe/file-store';
import { openJobQueue } from '@clipscribe/job-queue';
import { openJobStore } from '@clipscribe/job-store';
import { Sweeper } from '@clipscribe/job-protocol';
import { openOwnerStore } from '@clipscribe/owner-store';
import {
  closeServer,
  createLog,
  createMetrics,
  exposeQueues,
  Health,
  listen,
  listenForManagement,
  openTracer,
  runService,
  Shutdown,
  type Env,
  type RunningService,
} from '@clipscribe/runtime';
import { loadPage } from '@clipscribe/web';
import { HttpAuthClient } from './adapters/http-auth-client.ts';
import { createGatewayApp } from './app.ts';
import { readGatewayConfig } from './config.ts';
import { inTurns } from './request-turns.ts';
import { clientAddress, trustFunction } from './trusted-proxies.ts';

const HOUR_MS = 3_600_000;
const EVENTS_POLL_MS = 500;
/** Uploads and downloads under way may go on for so long after a stop signal. */
const CLOSE_GRACE_MS = 20_000;

/** Starts the gateway, which also sweeps. @throws ConfigError, StartError */
export async function start(env: Env): Promise<RunningService & { url: string }> {
  const config = readGatewayConfig(env);
  const log = createLog('gateway', { level: config.logLevel });
  const metrics = createMetrics('gateway');
  const shutdown = new Shutdown(log);
  const tracer = await openTracer(config.tracing, { service: 'gateway', log, trustsParents: false });
  shutdown.add('connections', 'traces', () => tracer?.close());

  const jobs = await openJobStore(config.jobsUrl);
  shutdown.add('connections', 'job store', () => jobs.close());
  const owners = await openOwnerStore(config.ownersUrl);
  shutdown.add('connections', 'owner store', () => owners.close());
  const files = await openFileStore(config.filesUrl);
  shutdown.add('connections', 'file store', () => files.close());
  const queue = await openJobQueue(config.queueUrl, { log });
  shutdown.add('connections', 'queue', () => queue.close());
  exposeQueues(metrics, () => queue.counts());
  const auth = new HttpAuthClient(config.authUrl);

  const health = new Health({
    auth: () => auth.ping(),
    jobs: () => jobs.ping(),
    owners: () => owners.ping(),
    files: () => files.ping(),
  });
  const { maxUploadBytes, maxFiles, quotas, retention } = config;
  const resumableMs = config.resumableUploadHours * HOUR_MS;
  const limits = { maxUploadBytes, maxFiles, stallMs: config.uploadStallSeconds * 1000, resumableMs };
  const requestMs = config.requestSeconds * 1000;
  const stopping = new AbortController();
  const ports = { jobs, files, queue, log, metrics, tracer };
  const page = await loadPage();
  if (page === null) log.info('the web page is not built: browsers get a text (npm run build:web)');
  const app = createGatewayApp({
    ...ports,
    quotas,
    retention,
    webhookRules: config.webhookRules,
    corsOrigins: config.corsOrigins,
    trustProxy: config.trustProxy,
    requestMs,
    owners,
    auth,
    health,
    limits,
    stopping: stopping.signal,
    eventsPollMs: EVENTS_POLL_MS,
    page,
  });
  if (config.metricsPort !== undefined) {
    const options = { host: config.host, port: config.metricsPort };
    const management = await listenForManagement({ log, metrics, health }, options);
    shutdown.add('connections', 'management', management.close);
  }
  const trusted = trustFunction(config.trustProxy);
  const isExempt = (address: string): boolean => trusted(address, 0);
  const connections = { mostPerNetwork: config.maxConnections, isExempt, log };
  const handler = inTurns(app, (req) => clientAddress(req, trusted));
  const address = { host: config.host, port: config.port };
  const { server, url } = await listen(handler, { ...address, requestMs, connections });
  const sweeper = new Sweeper(ports, { retention });
  sweeper.start();

  shutdown.add('drain', 'readiness', () => {
    health.stopping();
  });
  shutdown.add('work', 'sweeper', () => sweeper.stop());
  shutdown.add('work', 'requests', () => closeServer(server, CLOSE_GRACE_MS, config.partingSeconds * 1000));
  shutdown.add('intake', 'resumable uploads', () => {
    stopping.abort();
  });
  log.info({ url }, 'gateway started');
  return { name: 'gateway', url, stop: () => shutdown.stop() };
}

if (import.meta.main) await runService(start, process);

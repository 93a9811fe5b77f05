import { openFileStore } from '@clipscribe/file-store';
import { openJobQueue } from '@clipscribe/job-queue';
import { openJobStore } from '@clipscribe/job-store';
import { Sweeper } from '@clipscribe/job-protocol';
import {
  closeServer,
  createLog,
  createMetrics,
  Health,
  listen,
  listenForManagement,
  runService,
  Shutdown,
  type Env,
  type RunningService,
} from '@clipscribe/runtime';
import { HttpAuthClient } from './adapters/http-auth-client.ts';
import { createGatewayApp } from './app.ts';
import { readGatewayConfig } from './config.ts';

const STALL_MS = 60_000;
const EVENTS_POLL_MS = 500;
/** Uploads and downloads under way may go on for so long after a stop signal. */
const CLOSE_GRACE_MS = 20_000;

/** Starts the gateway, which also sweeps. @throws ConfigError, StartError */
export async function start(env: Env): Promise<RunningService & { url: string }> {
  const config = readGatewayConfig(env);
  const log = createLog('gateway', { level: config.logLevel });
  const metrics = createMetrics('gateway');
  const shutdown = new Shutdown(log);

  const jobs = await openJobStore(config.jobsUrl);
  shutdown.add('connections', 'job store', () => jobs.close());
  const files = await openFileStore(config.filesUrl);
  shutdown.add('connections', 'file store', () => files.close());
  const queue = await openJobQueue(config.queueUrl, { log });
  shutdown.add('connections', 'queue', () => queue.close());
  const auth = new HttpAuthClient(config.authUrl);

  const health = new Health({
    auth: () => auth.ping(),
    jobs: () => jobs.ping(),
    files: () => files.ping(),
  });
  const limits = { maxUploadBytes: config.maxUploadBytes, maxFiles: config.maxFiles, stallMs: STALL_MS };
  const ports = { jobs, files, queue, log };
  const app = createGatewayApp({ ...ports, auth, metrics, health, limits, eventsPollMs: EVENTS_POLL_MS });
  if (config.metricsPort !== undefined) {
    const options = { host: config.host, port: config.metricsPort };
    const management = await listenForManagement({ log, metrics, health }, options);
    shutdown.add('connections', 'management', management.close);
  }
  const { server, url } = await listen(app, { host: config.host, port: config.port });
  const sweeper = new Sweeper(ports);
  sweeper.start();

  shutdown.add('drain', 'readiness', () => {
    health.stopping();
  });
  shutdown.add('work', 'sweeper', () => sweeper.stop());
  shutdown.add('work', 'requests', () => closeServer(server, CLOSE_GRACE_MS));
  log.info({ url }, 'gateway started');
  return { name: 'gateway', url, stop: () => shutdown.stop() };
}

if (import.meta.main) await runService(start, process);

import { openJobQueue } from '@clipscribe/job-queue';
import { openJobStore } from '@clipscribe/job-store';
import { openOwnerStore } from '@clipscribe/owner-store';
import {
  createLog,
  createMetrics,
  Health,
  listenForManagement,
  openTracer,
  runService,
  Shutdown,
  type Env,
  type Log,
  type Metrics,
  type RunningService,
} from '@clipscribe/runtime';
import { WebhookSender } from '@clipscribe/webhooks';
import { openMailer } from './adapters/open-mailer.ts';
import { readNotificationConfig, type NotificationConfig } from './config.ts';
import { createWebhookWorker } from './webhook-worker.ts';
import { createWorker, type NotificationDeps, type NotificationWorker } from './worker.ts';

/** Mails and webhooks on their way when the service stops have so long to arrive; then they are given back. */
const FINISH_MS = 10_000;

export interface NotificationService extends RunningService {
  /** Where `/metrics` and the health checks are served; absent without METRICS_PORT. */
  managementUrl?: string;
}

/** Starts the service that tells owners how their jobs ended. @throws ConfigError, StartError */
export async function start(env: Env): Promise<NotificationService> {
  const config = readNotificationConfig(env);
  const log = createLog('notification', { level: config.logLevel });
  const shutdown = new Shutdown(log);
  try {
    const management = await run(config, log, shutdown);
    log.info({ slots: config.slots, webhookSlots: config.webhookSlots }, 'notification started');
    return { name: 'notification', stop: () => shutdown.stop(), ...management };
  } catch (error) {
    await shutdown.stop();
    throw error;
  }
}

async function run(
  config: NotificationConfig,
  log: Log,
  shutdown: Shutdown,
): Promise<{ managementUrl?: string }> {
  const deps = await connect(config, log, shutdown);
  const health = new Health({
    jobs: () => deps.jobs.ping(),
    owners: () => deps.owners.ping(),
    queue: () => deps.queue.ping(),
  });
  const management = await serveManagement(config, { ...deps, health }, shutdown);
  const sender = new WebhookSender({ rules: config.webhookRules });
  const workers = [createWorker(deps), createWebhookWorker({ ...deps, sender, slots: config.webhookSlots })];
  shutdown.add('drain', 'readiness', () => {
    health.stopping();
  });
  shutdown.add('work', 'mails and webhooks', () => finishOrGiveBack(workers));
  for (const worker of workers) await worker.start();
  return management;
}

async function connect(config: NotificationConfig, log: Log, shutdown: Shutdown): Promise<NotificationDeps> {
  const tracer = await openTracer(config.tracing, { service: 'notification', log, trustsParents: true });
  shutdown.add('connections', 'traces', () => tracer?.close());
  const jobs = await openJobStore(config.jobsUrl);
  shutdown.add('connections', 'job store', () => jobs.close());
  const owners = await openOwnerStore(config.ownersUrl);
  shutdown.add('connections', 'owner store', () => owners.close());
  const queue = await openJobQueue(config.queueUrl, { log });
  shutdown.add('connections', 'queue', () => queue.close());
  const mailer = await openMailer(config.mailUrl);
  shutdown.add('connections', 'mailer', () => mailer.close());
  const { mailFrom, publicUrl, slots } = config;
  const metrics = createMetrics('notification');
  return {
    jobs,
    owners,
    queue,
    mailer,
    log,
    metrics,
    tracer,
    slots,
    from: mailFrom,
    baseUrl: publicUrl,
    clock: Date.now,
  };
}

async function serveManagement(
  { host, metricsPort }: NotificationConfig,
  deps: { log: Log; metrics: Metrics; health: Health },
  shutdown: Shutdown,
): Promise<{ managementUrl?: string }> {
  if (metricsPort === undefined) return {};
  const { listening, close } = await listenForManagement(deps, { host, port: metricsPort });
  shutdown.add('connections', 'management', close);
  return { managementUrl: listening.url };
}

/** Takes no more messages, and gives back what does not end in time. */
async function finishOrGiveBack(workers: readonly NotificationWorker[]): Promise<void> {
  const timer = setTimeout(() => {
    for (const worker of workers) worker.giveBack();
  }, FINISH_MS);
  await Promise.all(workers.map((worker) => worker.finish()));
  clearTimeout(timer);
}

if (import.meta.main) await runService(start, process);

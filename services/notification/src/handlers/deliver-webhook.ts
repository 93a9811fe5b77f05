import type { Job, Message, WebhookDelivery } from '@clipscribe/contracts';
import {
  claimWebhook,
  deliveryOf,
  webhookAddressed,
  webhookAttemptFailed,
  webhookDelivered,
  webhookGivenBack,
  webhookGivenUp,
  webhookPostponed,
  webhookSlot,
  type Change,
  type Work,
  type WorkContext,
} from '@clipscribe/job-protocol';
import { changeSettings, type OwnerStore } from '@clipscribe/owner-store';
import { inSpan, UnavailableError, type Log } from '@clipscribe/runtime';
import type { WebhookAnswer, WebhookSender } from '@clipscribe/webhooks';
import { findTarget } from '../webhooks/find-target.ts';
import type { OwnerShares } from '../webhooks/owner-shares.ts';
import { webhookBody } from '../webhooks/webhook-body.ts';

export interface DeliverWebhookDeps {
  owners: OwnerStore;
  sender: Pick<WebhookSender, 'send'>;
  shares: OwnerShares;
  log: Log;
  /** Where owners reach the gateway, without a slash at the end. */
  baseUrl: string;
  /** ms since the epoch; receivers compare it with theirs. */
  clock: () => number;
}

/** How long a delivery rests when its owner's settings cannot be asked. */
const OUTAGE_MS = 30_000;

/** One attempt to tell one receiver of the end of one run. */
export function deliverWebhook(deps: DeliverWebhookDeps): (message: Message<'webhook'>) => Work {
  return ({ delivery: id = '' }) => ({
    slot: webhookSlot(id),
    claim: (token) => claimWebhook(id, token),
    attemptFailed: () => webhookAttemptFailed(id, { durationMs: 0, error: 'INTERNAL' }),
    givenBack: webhookGivenBack(id),
    run: (context) => inShare(deps, id, context),
    attributes: { 'clipscribe.webhook.delivery': id },
  });
}

async function inShare(deps: DeliverWebhookDeps, id: string, context: WorkContext): Promise<Change> {
  const place = deps.shares.enter(context.job.ownerId);
  if ('waitMs' in place) return postponed(context, id, place.waitMs);
  try {
    return await attempt(deps, id, context);
  } catch (error) {
    if (error instanceof UnavailableError) return postponed(context, id, OUTAGE_MS);
    throw error;
  } finally {
    place.leave();
  }
}

/** No attempt was made. */
function postponed({ endsAs }: WorkContext, id: string, delayMs: number): Change {
  endsAs({ outcome: 'given-back' });
  return webhookPostponed(id, delayMs);
}

async function attempt(
  deps: DeliverWebhookDeps,
  id: string,
  { job, lease, endsAs }: WorkContext,
): Promise<Change> {
  const delivery = deliveryOf(job, id);
  const event = job.webhooks?.events.find(({ run }) => run === delivery?.run);
  if (delivery === undefined || event === undefined) throw new Error('a claimed delivery has an event');
  const now = deps.clock();
  const target = await findTarget(deps.owners, job.ownerId, delivery, now);
  if (typeof target === 'string') return webhookGivenUp(id, { durationMs: 0, error: target });
  const content = { id, timestamp: Math.floor(now / 1000), body: webhookBody(event, deps.baseUrl) };
  const answer = await send(deps, { ...target, ...content }, lease.signal);
  logAttempt(deps.log, job, id, target.url, answer);
  if (answer.error !== undefined) endsAs({ outcome: 'failed', code: answer.error });
  return webhookAddressed(id, target.url, await changeAfter(deps, job, delivery, target.url, answer));
}

/** In traces as in logs: the host alone. */
function send(
  { sender }: DeliverWebhookDeps,
  webhook: Parameters<WebhookSender['send']>[0],
  signal: AbortSignal,
): Promise<WebhookAnswer> {
  const attributes = { 'http.request.method': 'POST', 'server.address': new URL(webhook.url).hostname };
  return inSpan('POST webhook', { kind: 'client', attributes }, async (span) => {
    const answer = await sender.send(webhook, signal);
    span?.set({ 'http.response.status_code': answer.status });
    if (answer.error !== undefined) span?.fail(answer.error);
    return answer;
  });
}

async function changeAfter(
  deps: DeliverWebhookDeps,
  job: Job,
  { id, endpointId }: WebhookDelivery,
  url: string,
  { retryAfterMs, ...result }: WebhookAnswer,
): Promise<Change> {
  if (result.error === undefined) return webhookDelivered(id, result);
  if (result.error !== 'GONE') return webhookAttemptFailed(id, result, retryAfterMs);
  if (endpointId !== null) await switchOff(deps.owners, job.ownerId, endpointId, url);
  return webhookGivenUp(id, result);
}

/** Unless its owner has given it another address meanwhile. */
async function switchOff(
  owners: OwnerStore,
  ownerId: string,
  endpointId: string,
  url: string,
): Promise<void> {
  await changeSettings(owners, ownerId, (settings) => {
    const isIt = (endpoint: { id: string; url: string; enabled: boolean }): boolean =>
      endpoint.id === endpointId && endpoint.url === url && endpoint.enabled;
    if (!settings.webhooks.some(isIt)) return null;
    const webhooks = settings.webhooks.map((endpoint) =>
      isIt(endpoint) ? { ...endpoint, enabled: false } : endpoint,
    );
    return { ...settings, webhooks };
  });
}

/** The host alone: the rest of an address may hold what only its owner may know. */
function logAttempt(log: Log, job: Job, deliveryId: string, url: string, answer: WebhookAnswer): void {
  const { status, error, durationMs } = answer;
  const { host } = new URL(url);
  log.info({ jobId: job.id, deliveryId, host, status, error, durationMs }, 'webhook sent');
}

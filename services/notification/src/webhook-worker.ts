import { parseMessage } from '@clipscribe/contracts';
import { countMessages, Worker, type ProtocolPorts } from '@clipscribe/job-protocol';
import type { Consumer, Handler } from '@clipscribe/job-queue';
import type { Metrics } from '@clipscribe/runtime';
import { deliverWebhook, type DeliverWebhookDeps } from './handlers/deliver-webhook.ts';
import { planWebhooksHandler } from './handlers/plan-webhooks.ts';
import { OwnerShares } from './webhooks/owner-shares.ts';
import type { NotificationWorker } from './worker.ts';

export interface WebhookWorkerDeps extends ProtocolPorts, Omit<DeliverWebhookDeps, 'shares'> {
  metrics: Metrics;
  /** Attempts that are made at the same time. */
  slots: number;
}

/** Of all slots, one owner's receivers get so many. */
const SHARE = 1 / 4;

/** Tells programs how jobs ended, beside the mails and whatever becomes of these. Never connects by itself. */
export function createWebhookWorker(deps: WebhookWorkerDeps): NotificationWorker {
  const { queue, slots } = deps;
  const worker = new Worker(deps);
  const shares = new OwnerShares(Math.max(1, Math.floor(slots * SHARE)));
  const plan = planWebhooksHandler(deps);
  const deliver = worker.handler('webhook', deliverWebhook({ ...deps, shares }));
  const either: Handler = (delivery) => {
    const isForOne = parseMessage('webhook', delivery.body)?.delivery !== undefined;
    return isForOne ? deliver(delivery) : plan(delivery);
  };
  let consumer: Consumer | undefined;
  return {
    start: async () => {
      consumer = await queue.consume('webhook', { slots }, countMessages(deps.metrics, either));
    },
    finish: async () => consumer?.stop(),
    giveBack: () => {
      worker.giveBack();
    },
  };
}

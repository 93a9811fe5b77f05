import {
  iso,
  webhookErrors,
  type Job,
  type WebhookAttempt,
  type WebhookDelivery,
  type WebhookDeliveryView,
} from '@clipscribe/contracts';

/** What was told of a job, the newest first; of one endpoint, or of all. */
export function deliveryViews(job: Job, endpointId?: string): WebhookDeliveryView[] {
  return (job.webhooks?.deliveries ?? [])
    .filter((delivery) => endpointId === undefined || delivery.endpointId === endpointId)
    .flatMap((delivery) => deliveryView(job, delivery))
    .reverse();
}

/** One delivery; nothing when its event is not kept, which none is without. */
export function deliveryView(job: Job, delivery: WebhookDelivery): WebhookDeliveryView[] {
  const event = job.webhooks?.events.find(({ run }) => run === delivery.run);
  if (event === undefined) return [];
  const { id, endpointId, url, run, state, attemptCount, attempts, retryAt } = delivery;
  const replay = `/jobs/${job.id}/webhooks/${id}/replay`;
  const view: WebhookDeliveryView = {
    ...{ id, jobId: job.id, webhookId: endpointId, url, event: event.type, run, state },
    createdAt: iso(event.at),
    attemptCount,
    attempts: attempts.map(attemptView).reverse(),
    ...(retryAt === undefined ? {} : { nextAttemptAt: iso(retryAt) }),
    links: { job: `/jobs/${job.id}`, ...(state === 'pending' ? {} : { replay }) },
  };
  return [view];
}

function attemptView({ at, durationMs, status, error }: WebhookAttempt): WebhookDeliveryView['attempts'][0] {
  return {
    at: iso(at),
    durationMs,
    ...(status === undefined ? {} : { status }),
    ...(error === undefined ? {} : { error: { code: error, reason: webhookErrors[error] } }),
  };
}

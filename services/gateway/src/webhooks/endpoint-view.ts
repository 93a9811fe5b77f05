import { iso, type WebhookSecretView, type WebhookView } from '@clipscribe/contracts';
import type { WebhookEndpoint, WebhookSecret } from '@clipscribe/owner-store';
import { HttpProblem } from '@clipscribe/runtime';
import { signing } from '@clipscribe/webhooks';

/** An endpoint as its owner sees it. */
export function endpointView({ id, url, events, enabled, createdAt }: WebhookEndpoint): WebhookView {
  const self = `/webhooks/${id}`;
  const links = { self, secret: `${self}/secret`, deliveries: `${self}/deliveries` };
  return { id, url, events, enabled, createdAt: iso(createdAt), links };
}

/** The secrets that sign now; `now` in ms since the epoch. */
export function secretView(secrets: readonly WebhookSecret[], now: number): WebhookSecretView {
  const [newest, previous] = signing(secrets, now);
  if (newest === undefined) throw new RangeError('a webhook has a secret');
  return {
    secret: newest.value,
    createdAt: iso(newest.createdAt),
    ...(previous?.validUntil === undefined
      ? {}
      : { previous: { secret: previous.value, validUntil: iso(previous.validUntil) } }),
  };
}

export function noSuchWebhook(): HttpProblem {
  return new HttpProblem('NOT_FOUND', 'You have no webhook with this id. GET /webhooks lists yours.');
}

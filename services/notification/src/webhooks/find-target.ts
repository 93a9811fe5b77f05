import type { WebhookDelivery, WebhookError } from '@clipscribe/contracts';
import type { OwnerStore } from '@clipscribe/owner-store';
import { signing, uploadSecretsOf } from '@clipscribe/webhooks';

/** Where a delivery goes now, and with which secrets. */
export interface Target {
  url: string;
  secrets: { value: string }[];
}

/**
 * Asked before every attempt: owners may have changed, switched off or deleted the webhook since it was planned.
 * @param now ms since the epoch
 * @returns why it goes nowhere, if so
 */
export async function findTarget(
  owners: OwnerStore,
  ownerId: string,
  { endpointId, url }: WebhookDelivery,
  now: number,
): Promise<Target | WebhookError> {
  if (endpointId === null) return { url, secrets: signing(await uploadSecretsOf(owners, ownerId, now), now) };
  const { webhooks } = await owners.get(ownerId);
  const endpoint = webhooks.find(({ id }) => id === endpointId);
  if (endpoint === undefined) return 'WEBHOOK_DELETED';
  if (!endpoint.enabled) return 'WEBHOOK_DISABLED';
  return { url: endpoint.url, secrets: signing(endpoint.secrets, now) };
}

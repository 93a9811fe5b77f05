import { isId, type Principal } from '@clipscribe/contracts';
import { changeSettings, type OwnerStore, type WebhookEndpoint } from '@clipscribe/owner-store';
import { noSuchWebhook } from './endpoint-view.ts';

/** @throws HttpProblem NOT_FOUND; also for what is somebody else's, administrators included */
export async function findEndpoint(
  owners: OwnerStore,
  { userId }: Principal,
  id: unknown,
): Promise<WebhookEndpoint> {
  const known = typeof id === 'string' && isId(id) ? (await owners.get(userId)).webhooks : [];
  const endpoint = known.find((each) => each.id === id);
  if (endpoint === undefined) throw noSuchWebhook();
  return endpoint;
}

/**
 * Changes one endpoint; null removes it.
 * @returns the endpoint as it is now, or as it was when it was removed
 * @throws HttpProblem NOT_FOUND
 */
export async function changeEndpoint(
  owners: OwnerStore,
  { userId }: Principal,
  id: unknown,
  change: (endpoint: WebhookEndpoint) => WebhookEndpoint | null,
): Promise<WebhookEndpoint> {
  let outcome: WebhookEndpoint | undefined;
  await changeSettings(owners, userId, (settings) => {
    const endpoint = settings.webhooks.find((each) => each.id === id);
    if (endpoint === undefined) throw noSuchWebhook();
    const changed = change(endpoint);
    outcome = changed ?? endpoint;
    const webhooks = settings.webhooks.flatMap((each) => (each.id === id ? (changed ?? []) : each));
    return { ...settings, webhooks };
  });
  if (outcome === undefined) throw noSuchWebhook();
  return outcome;
}

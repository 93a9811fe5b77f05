import { changeSettings, type OwnerStore, type WebhookSecret } from '@clipscribe/owner-store';
import { newSecret } from './secrets.ts';

/** What signs the webhooks of an owner's single uploads; made when it is first asked for. `now` in ms since the epoch. */
export async function uploadSecretsOf(
  owners: OwnerStore,
  ownerId: string,
  now: number,
): Promise<WebhookSecret[]> {
  const { uploadSecrets } = await changeSettings(owners, ownerId, (settings) =>
    settings.uploadSecrets.length > 0 ? null : { ...settings, uploadSecrets: [newSecret(now)] },
  );
  return uploadSecrets;
}

import type { WebhookEvent } from '@clipscribe/contracts';

/** A key that webhooks are signed with. Times are ms since the epoch. */
export interface WebhookSecret {
  /** `whsec_` and the base64 form of at least 24 random bytes, as Standard Webhooks has it. */
  value: string;
  createdAt: number;
  /** Set by a rotation: until then it signs beside the new one. */
  validUntil?: number;
}

/** An address of the owner's that is told how jobs end. */
export interface WebhookEndpoint {
  id: string;
  url: string;
  events: WebhookEvent[];
  /** Newest first; one, or two after a rotation. */
  secrets: WebhookSecret[];
  enabled: boolean;
  /** ms since the epoch. */
  createdAt: number;
}

/** So many endpoints an owner may have: each of them costs requests for every job. */
export const MAX_WEBHOOKS = 10;

/** Which mails the owner wants. */
export interface MailPreferences {
  ready: boolean;
  failed: boolean;
}

/** What an owner has chosen. */
export interface OwnerSettings {
  ownerId: string;
  /** Grows with every change, which is a compare-and-set on it; 0 when nothing was stored yet. */
  version: number;
  mail: MailPreferences;
  /** At most `MAX_WEBHOOKS`. */
  webhooks: WebhookEndpoint[];
  /** Sign the webhooks of single uploads; newest first, made when first needed. */
  uploadSecrets: WebhookSecret[];
}

/** The settings of an owner who never chose anything. */
export function defaultSettings(ownerId: string): OwnerSettings {
  return { ownerId, version: 0, mail: { ready: true, failed: true }, webhooks: [], uploadSecrets: [] };
}

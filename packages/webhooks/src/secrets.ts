import { randomBytes } from 'node:crypto';
import type { WebhookSecret } from '@clipscribe/owner-store';

/** Standard Webhooks asks for 24 to 64. */
const SECRET_BYTES = 32;
/** So long the secret before a rotation signs beside the new one. */
export const ROTATION_MS = 24 * 3600 * 1000;

/** A fresh secret; `now` in ms since the epoch. */
export function newSecret(now: number): WebhookSecret {
  return { value: `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`, createdAt: now };
}

/** Newest first: a fresh one, and for a day the one that was the newest so far. */
export function rotated([current]: readonly WebhookSecret[], now: number): WebhookSecret[] {
  const fresh = newSecret(now);
  return current === undefined ? [fresh] : [fresh, { ...current, validUntil: now + ROTATION_MS }];
}

/** Those that sign now, newest first. */
export function signing(secrets: readonly WebhookSecret[], now: number): WebhookSecret[] {
  return secrets.filter(({ validUntil = Infinity }) => validUntil > now);
}

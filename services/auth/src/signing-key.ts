import { hkdfSync } from 'node:crypto';

/** A secret of at least 32 bytes (RFC 7518, section 3.2) and the name that tokens call it by, their `kid`. */
export interface SigningKey {
  id: string;
  secret: string;
}

const ID_BYTES = 12;
const COUNTING_KEY_BYTES = 32;

/** The name follows from the secret, so that nobody has to think of one, and no name ever means two secrets. */
export function signingKey(secret: string): SigningKey {
  return { id: derive(secret, 'clipscribe token key id', ID_BYTES).toString('base64url'), secret };
}

/** A key for the names under which attempts to sign in are counted. The same for all replicas. */
export function countingKey({ secret }: SigningKey): Buffer {
  return derive(secret, 'clipscribe attempt counting', COUNTING_KEY_BYTES);
}

/** Says nothing about the secret, and nothing about what is derived for another purpose (HKDF, RFC 5869). */
function derive(secret: string, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, bytes));
}

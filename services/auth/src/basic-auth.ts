/** What somebody signs in with, as it was sent. */
export interface Credentials {
  email: string;
  password: string;
}

/**
 * Reads `Authorization: Basic …` (RFC 7617, as UTF-8): everything after the first colon is the password.
 * Null when the header is another scheme or not well-formed.
 */
export function parseBasicAuth(header: string | undefined): Credentials | null {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header ?? '')?.[1];
  const text = encoded === undefined ? null : decodeUtf8(Buffer.from(encoded, 'base64'));
  const colon = text?.indexOf(':') ?? -1;
  if (text === null || colon === -1) return null;
  return { email: text.slice(0, colon), password: text.slice(colon + 1) };
}

function decodeUtf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

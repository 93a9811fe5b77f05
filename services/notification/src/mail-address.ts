/** A mailbox with the name to show; the name is empty where there is none. */
export interface MailAddress {
  name: string;
  address: string;
}

/** The longest path of RFC 5321 section 4.5.3.1.3 is 256 octets, angle brackets included. */
const MAX_ADDRESS_BYTES = 254;

/**
 * local@host without white space, control characters, quotes, comments or list separators. Looser than what
 * people may register with: `localhost` and names inside a cluster are hosts too.
 */
const PLAIN_ADDRESS = /^[^\s\p{Cc}\p{Cf}@<>()[\]\\,;:"]+@[^\s\p{Cc}\p{Cf}@<>()[\]\\,;:"]+$/u;

const NAME_AND_ADDRESS = /^(?:"(?<quoted>[^"\\]*)"|(?<bare>[^"<>]*?))\s*<(?<address>[^<>]*)>$/;

/** True for exactly one plain address: no list, no comment, nothing that could end a header line. */
export function isPlainAddress(text: string): boolean {
  return Buffer.byteLength(text) <= MAX_ADDRESS_BYTES && PLAIN_ADDRESS.test(text);
}

/** Reads `ada@example.org`, `Ada <ada@example.org>` or `"Lovelace, Ada" <ada@example.org>`; else null. */
export function parseMailAddress(text: string): MailAddress | null {
  const trimmed = text.trim();
  if (/\p{Cc}/u.test(trimmed)) return null;
  const groups = NAME_AND_ADDRESS.exec(trimmed)?.groups;
  const address = groups?.['address'] ?? trimmed;
  if (!isPlainAddress(address)) return null;
  return { name: (groups?.['quoted'] ?? groups?.['bare'] ?? '').trim(), address };
}

import { passwordBytes } from '@clipscribe/contracts';
import { isCommonPassword } from './common-passwords.ts';

/** Shorter ones are in too many good passwords to be looked for. */
const SHORTEST_LOCAL_PART = 4;

/** One form of a password whichever way the keyboard composes accents (RFC 8265, section 4.2.2: NFC). */
export function canonicalPassword(password: string): string {
  return password.normalize('NFC');
}

/** True when bcrypt would ignore the end of the password. It counts bytes of UTF-8, not characters. */
export function isTooLongForBcrypt(password: string): boolean {
  return Buffer.byteLength(canonicalPassword(password)) > passwordBytes.maxBytes;
}

/** Why a new password is refused, as a sentence that says what to do; null when it is good. */
export function passwordWeakness(password: string, email: string): string | null {
  const canonical = canonicalPassword(password);
  if (Array.from(canonical).length < passwordBytes.minCharacters) {
    return `Use a password of at least ${passwordBytes.minCharacters} characters; four unrelated words are good.`;
  }
  if (isTooLongForBcrypt(password)) {
    return `Use a password of at most ${passwordBytes.maxBytes} bytes: letters with accents count as two or more.`;
  }
  if (containsAddress(canonical.toLowerCase(), email.toLowerCase())) {
    return 'Use a password that does not contain your e-mail address or the part of it before the @.';
  }
  if (isCommonPassword(canonical)) {
    return 'This password is easy to guess. Use one that nobody else has, such as four unrelated words.';
  }
  return null;
}

function containsAddress(password: string, email: string): boolean {
  const localPart = email.slice(0, email.lastIndexOf('@'));
  return (
    password.includes(email) || (localPart.length >= SHORTEST_LOCAL_PART && password.includes(localPart))
  );
}

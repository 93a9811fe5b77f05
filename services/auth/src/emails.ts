import { emailSchema } from '@clipscribe/contracts';
import { z } from 'zod';

/**
 * An address as it is stored and compared: lower case, without the blanks that copying leaves at the ends.
 * Line breaks are not blanks here: an address that has one is refused.
 */
export function canonicalEmail(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '').toLowerCase();
}

/** A new address, as `canonicalEmail` gives it. */
export const newEmailSchema = z.string().max(1024).transform(canonicalEmail).pipe(emailSchema);

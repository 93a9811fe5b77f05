import { z } from 'zod';
import { AddressRules } from './address-rules.ts';

/** `WEBHOOK_ALLOW`: hosts that are called although they are not on the public network, separated by commas. */
export const webhookAllowSchema = z
  .string()
  .transform((text, context) => {
    const entries = text.split(/[\s,]+/).filter((entry) => entry !== '');
    try {
      return new AddressRules(entries);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const message = `must be host names, addresses or networks such as 10.0.0.0/8: ${error.message}`;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }
  })
  .prefault('');

/** Arguments and options that several commands have. */
import { canonicalEmail } from '@clipscribe/auth/accounts';
import { queueNames } from '@clipscribe/contracts';
import { variable } from '@clipscribe/runtime';
import { Option } from 'commander';
import { z } from 'zod';

const MOST_ROWS = 1000;

/** The address of an account that is there already. */
export const email = z.string().transform(canonicalEmail);

/** One id or several; a repeated one counts once. */
export const ids = z
  .array(z.string())
  .min(1)
  .transform((given) => [...new Set(given)]);

export const limit = variable.integer(20, 1, MOST_ROWS);
export const limitOption = new Option('--limit <n>', `at most so many, up to ${MOST_ROWS} (default: 20)`);

export const queue = variable.oneOf(queueNames).optional();
export const queueOption = new Option('--queue <name>', `only this queue: ${queueNames.join(', ')}`);

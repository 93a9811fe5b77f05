import { describe } from '@jest/globals';
import { isChromiumThere } from './chromium.ts';

/** A `describe` block for tests in a browser, skipped (which the run reports) where there is none. */
export const describeInBrowser: typeof describe.skip = isChromiumThere ? describe : describe.skip;

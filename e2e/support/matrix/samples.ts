import type { Behaviour } from '@clipscribe/converter/testing';
import { makeTalk } from '../media.ts';

const SPOKEN = 'Every accepted upload ends exactly once.';
const WORDS = ['exactly once'];
const SHORT_SECONDS = 4;
const LONG_SECONDS = 150;

/** A recording, and what must come of it. */
export interface Sample {
  path: string;
  seconds: number;
  words: readonly string[];
}

/** What the speech API of these tests hears in every recording. */
export const heard: Extract<Behaviour, { kind: 'hear' }> = {
  kind: 'hear',
  speech: {
    text: SPOKEN,
    language: 'english',
    segments: [{ start: 0, end: 2, text: ` ${SPOKEN}` }],
  },
};

/**
 * `short` is a few seconds of speech. `long` is two and a half minutes, of more than a megabyte: there is time, and there
 * are chunks, in the middle of everything.
 */
export async function makeSamples(folder: string): Promise<{ short: Sample; long: Sample }> {
  return { short: await sample(folder, SHORT_SECONDS), long: await sample(folder, LONG_SECONDS) };
}

async function sample(folder: string, seconds: number): Promise<Sample> {
  return { path: await makeTalk(folder, seconds), seconds, words: WORDS };
}

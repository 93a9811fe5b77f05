import type { Heard } from './transcriber.ts';

type Segments = Heard['segments'];

/** Engines read no more than about so many characters of what came before. */
const LONGEST = 600;

/** The end of what was heard, from the beginning of a word, for the engine to continue; empty when nothing was heard. */
export function lastWords(segments: Segments): string {
  const text = segments
    .filter(({ flags }) => flags === undefined)
    .map(({ text: said }) => said.trim())
    .join(' ');
  return text.length <= LONGEST ? text : text.slice(-LONGEST).replace(/^\S*\s+/u, '');
}

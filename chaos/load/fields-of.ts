import type { Medium } from './media.ts';

/** The options of its uploads. The title goes into the MP3: with one title for all, all MP3s of a medium are the same. */
export function fieldsOf({ transcript }: Medium): Record<string, string> {
  return { title: 'chaos', transcript: String(transcript) };
}

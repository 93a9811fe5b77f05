import { createHash } from 'node:crypto';
import type { Medium } from './media.ts';

/** What a medium gave when nothing was broken; the same must come out of it whatever is broken. */
export interface Sample {
  mp3: Buffer;
  /** Plain text of its transcript. */
  text: string;
}

/** By the name of the medium; nothing for those that give no MP3. */
export type Samples = ReadonlyMap<string, Sample>;

/** What is wrong with an MP3 of this medium, or with a part of it; null when it is right. */
export function wrongMp3(samples: Samples, medium: Medium, content: Buffer, from = 0): string | null {
  const expected = samples.get(medium.name)?.mp3.subarray(from, from + content.length);
  if (expected?.equals(content) === true) return null;
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 16);
  return `${content.length} bytes from ${from} on (SHA-256 ${digest}…) are not those of ${medium.name}`;
}

export function wrongText(samples: Samples, medium: Medium, text: string): string | null {
  const expected = samples.get(medium.name)?.text;
  return text === expected ? null : `"${text.slice(0, 80)}…" is not what is said in ${medium.name}`;
}

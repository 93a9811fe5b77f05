import type { Heard } from '../src/transcriber.ts';
import type { Stretch } from '../src/voice-activity.ts';

export interface SpokenWord {
  text: string;
  start: number;
  end: number;
}

const vocabulary = (
  'the a of and to in it was very then river house market bread milk breakfast morning people window ' +
  'garden summer winter letter mother father sister brother evening water fire stone'
).split(' ');

/** What somebody says in about so many seconds; small words come often, and some twice in a row. */
export function anySpeech(random: () => number, durationSeconds: number, pause = 0.4): SpokenWord[] {
  const words: SpokenWord[] = [];
  let at = random();
  while (at < durationSeconds - 1) {
    const last = words.at(-1)?.text ?? '';
    const any = vocabulary[Math.floor(vocabulary.length * random() ** 1.5)] ?? '';
    const end = at + 0.15 + 0.5 * random();
    words.push({ text: random() < 0.05 && last !== '' ? last : any, start: at, end });
    at = end + (random() < 0.1 ? pause * (1 + random()) : 0.05 * random());
  }
  return words;
}

/**
 * An engine that knows what is said: in a chunk it hears every word that is whole in it, and something else, or
 * nothing, where a word is cut through. Its times are a little wrong, in every chunk in another way. Segments end
 * where the speaker pauses; the words in them have punctuation and capitals that the words by themselves have not.
 */
export function hearChunk(
  words: readonly SpokenWord[],
  { start, end }: Stretch,
  random: () => number,
): Heard {
  const inaccuracy = 0.2 * (random() - 0.5);
  const heard: SpokenWord[] = [];
  for (const word of words) {
    if (word.end <= start || word.start >= end) continue;
    const isWhole = word.start >= start && word.end <= end;
    if (!isWhole && random() < 0.5) continue;
    const from = Math.max(word.start - start + inaccuracy, 0, heard.at(-1)?.end ?? 0);
    const to = Math.max(Math.min(word.end - start + inaccuracy, end - start), from);
    heard.push({ text: isWhole ? word.text : 'uh', start: from, end: to });
  }
  return { language: 'en', segments: segmentsOf(heard), words: heard };
}

/** What the segments say, word by word, as the words by themselves are written. */
export function plainWords(segments: Heard['segments']): string[] {
  return segments.flatMap(({ text }) => text.toLowerCase().match(/[a-z]+/g) ?? []);
}

function segmentsOf(words: readonly SpokenWord[]): Heard['segments'] {
  const segments: Heard['segments'] = [];
  let group: SpokenWord[] = [];
  for (const [index, word] of words.entries()) {
    group.push(word);
    const next = words[index + 1];
    if (next !== undefined && next.start - word.end < 0.3 && group.length < 12) continue;
    const text = group.map((one) => one.text).join(', ');
    segments.push({
      start: group[0]?.start ?? 0,
      end: word.end,
      text: ` ${text.charAt(0).toUpperCase()}${text.slice(1)}.`,
    });
    group = [];
  }
  return segments;
}

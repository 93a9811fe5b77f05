import type { Transcript } from '@clipscribe/contracts';
import { confidenceMarks, meanConfidence, roundedConfidence } from './confidence.ts';

type Word = NonNullable<Transcript['words']>[number];

/**
 * Reads the output of `pocketsphinx_continuous -time yes`: a line of text for each utterance, then one line a word
 * with start, end (seconds) and confidence. Fillers such as `<sil>` and marks of alternative pronunciations are left out.
 */
export function parsePocketsphinx(output: string): { segments: Transcript['segments']; words: Word[] } {
  const segments: Transcript['segments'] = [];
  const words: Word[] = [];
  let utterance: Word[] = [];
  const finish = (): void => {
    const [first, last] = [utterance[0], utterance.at(-1)];
    if (first && last) {
      const text = utterance.map((word) => word.text).join(' ');
      const marks = confidenceMarks(meanConfidence(utterance.map(({ confidence = 1 }) => confidence)));
      segments.push({ start: first.start, end: last.end, text, ...marks });
    }
    words.push(...utterance);
    utterance = [];
  };
  for (const line of output.split('\n')) {
    const word = parseWord(line);
    if (word === 'text') finish();
    else if (word !== 'filler') utterance.push(word);
  }
  finish();
  return { segments, words };
}

function parseWord(line: string): Word | 'filler' | 'text' {
  const match = /^(\S+) (\d+\.\d+) (\d+\.\d+) (\d+\.\d+)$/.exec(line.trim());
  if (match === null) return 'text';
  const [, token = '', start, end, confidence] = match;
  if (/^[<[+]/.test(token)) return 'filler';
  return {
    start: Number(start),
    end: Number(end),
    text: token.replace(/\(\d+\)$/, ''),
    confidence: roundedConfidence(Number(confidence)),
  };
}

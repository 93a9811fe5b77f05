import type { Transcript } from '@clipscribe/contracts';
import { confidenceMarks, meanConfidence, roundedConfidence } from './confidence.ts';

type Word = NonNullable<Transcript['words']>[number];

/** A word's time may be a little early, in seconds; the pause before a recording is longer. */
const LATE = 0.5;

/**
 * Reads the output of `pocketsphinx_continuous -time yes`: a line of text for each utterance, then one line a word
 * with start, end (seconds) and confidence. Fillers such as `<sil>` and marks of alternative pronunciations are left out.
 * @param begin where the recording begins, in seconds; what comes before is left out, and times count from there
 */
export function parsePocketsphinx(
  output: string,
  begin = 0,
): { segments: Transcript['segments']; words: Word[] } {
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
    else if (word !== 'filler' && word.end > begin - LATE) utterance.push(counted(word, begin));
  }
  finish();
  return { segments, words };
}

/** The engine's times have three digits. */
function counted(word: Word, begin: number): Word {
  const round = (seconds: number): number => Math.round((seconds - begin) * 1000) / 1000;
  return { ...word, start: Math.max(0, round(word.start)), end: Math.max(0, round(word.end)) };
}

function parseWord(line: string): Word | 'filler' | 'text' {
  // Longer numbers are no times, and the longest no numbers.
  const match = /^(\S+) (\d{1,9}\.\d+) (\d{1,9}\.\d+) (\d{1,9}\.\d+)$/.exec(line.trim());
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

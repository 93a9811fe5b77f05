import { describe, expect, it } from '@jest/globals';
import type { Transcript } from '@clipscribe/contracts';
import { cuesOf, displayColumns, type Cue } from '@clipscribe/transcript';
import fc from 'fast-check';
import { awkwardTranscripts, said, samples, speech, transcriptOf, wordsAt } from './transcripts.ts';

/** Everything that is promised of subtitles, whatever they are made from. */
function expectRules(cues: readonly Cue[]): void {
  for (const [index, { startMs, endMs, lines }] of cues.entries()) {
    expect(Number.isSafeInteger(startMs) && Number.isSafeInteger(endMs)).toBe(true);
    expect(endMs - startMs).toBeGreaterThanOrEqual(1000);
    expect(endMs - startMs).toBeLessThanOrEqual(7000);
    expect(startMs).toBeGreaterThanOrEqual(index === 0 ? 0 : (cues[index - 1]?.endMs ?? 0) + 80);
    expect([1, 2]).toContain(lines.length);
    for (const line of lines) {
      expect(displayColumns(line)).toBeLessThanOrEqual(42);
      expect(line).toMatch(/\S/);
      expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\ufeff]/u);
      expect(line.isWellFormed()).toBe(true);
    }
  }
}

/** Text without what may differ: spaces at the ends of lines, marks of direction, characters that cannot be seen. */
function letters(text: string): string {
  return text.toWellFormed().replace(/[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '');
}

function textOf(transcript: Transcript): string {
  const written = transcript.segments.map(({ text }) => text).join(' ');
  return letters(written) === '' ? (transcript.words ?? []).map(({ text }) => text).join(' ') : written;
}

const cueText = (cues: readonly Cue[]): string => cues.flatMap(({ lines }) => lines).join(' ');

describe('whatever the engine says', () => {
  it('the rules hold, and all of the text is there in its order', () => {
    fc.assert(
      fc.property(awkwardTranscripts, (transcript) => {
        const cues = [...cuesOf(transcript)];
        expectRules(cues);
        expect(letters(cueText(cues))).toBe(letters(textOf(transcript)));
      }),
      { numRuns: 200 },
    );
  });
});

describe('speech with the times of its words', () => {
  it('keeps the rules, breaks no word, and is shown when it is spoken', () => {
    fc.assert(
      fc.property(speech, (transcript) => {
        const cues = [...cuesOf(transcript)];
        expectRules(cues);
        // Breaks only at spaces: put together with spaces, the lines are the text again.
        expect(cueText(cues)).toBe(textOf(transcript));
        const words = transcript.words ?? [];
        let next = 0;
        for (const { startMs, endMs, lines } of cues) {
          const count = lines.join(' ').split(' ').length;
          for (const { start } of words.slice(next, next + count)) {
            expect(start * 1000).toBeGreaterThanOrEqual(startMs - 1);
            expect(start * 1000).toBeLessThanOrEqual(endMs);
          }
          next += count;
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe.each(Object.entries(samples))('%s', (_name, { text, seconds }) => {
  it('keeps the rules and the text, without the times of words', () => {
    const cues = [...cuesOf(said(text, seconds))];
    expectRules(cues);
    expect(letters(cueText(cues))).toBe(letters(text));
    expect(cues.length).toBeGreaterThan(1);
  });

  it('keeps its spaces and combining marks where no line ends', () => {
    for (const line of [...cuesOf(said(text, seconds))].flatMap(({ lines }) => lines)) {
      expect(text).toContain(line.replace(/^[\u200e\u200f]/u, ''));
    }
  });
});

describe('times', () => {
  const spans = (transcript: Transcript): [string, number, number][] =>
    [...cuesOf(transcript)].map(({ startMs, endMs, lines }) => [lines.join(' '), startMs, endMs]);

  it('come from the words, also when these lack punctuation and the segment is longer', () => {
    const words = [...wordsAt('well yes', 10, 0.5), ...wordsAt('no i dont', 14, 0.4)];
    const transcript = transcriptOf([{ start: 8, end: 20, text: "Well, yes. No, I don't!" }], words);
    expect(spans(transcript)).toEqual([
      ['Well, yes.', 10_000, 11_000],
      ["No, I don't!", 14_000, 15_200],
    ]);
  });

  it('come from words with the space before them, as some engines give them', () => {
    const words = wordsAt('Well, yes.', 10, 0.6).map((word) => ({ ...word, text: ` ${word.text}` }));
    expect(spans(transcriptOf([{ start: 0, end: 20, text: ' Well, yes.' }], words))).toEqual([
      ['Well, yes.', 10_000, 11_200],
    ]);
  });

  it('come from words that are single characters, in a script without spaces', () => {
    const words = Array.from('こんにちは皆さん').map((text, index) => ({
      start: 5 + index * 0.2 + (index > 4 ? 3 : 0),
      end: 5.2 + index * 0.2 + (index > 4 ? 3 : 0),
      text,
    }));
    expect(spans(transcriptOf([{ start: 0, end: 10, text: 'こんにちは。皆さん。' }], words))).toEqual([
      ['こんにちは。', 5000, 6000],
      ['皆さん。', 9000, 10_000],
    ]);
  });

  it('are found again after words that say something else', () => {
    const words = [
      ...wordsAt('it cost five dollars', 1, 0.5),
      ...wordsAt('in the year nineteen eighty four you know', 6, 0.5),
      ...wordsAt('and then nothing', 12, 0.5),
    ];
    const text = 'It cost $5. In 1984. And then nothing.';
    const cues = spans(transcriptOf([{ start: 0, end: 14, text }], words));
    expect(cues[0]?.slice(0, 2)).toEqual(['It cost $5.', 1000]);
    expect(cues.at(-1)).toEqual(['And then nothing.', 12_000, 13_500]);
  });

  it('of one segment are not taken from the words of another', () => {
    const words = [...wordsAt('yes', 1, 0.5), ...wordsAt('yes', 101, 0.5)];
    const segments = [
      { start: 50, end: 52, text: 'No.' },
      { start: 100, end: 102, text: 'Yes.' },
    ];
    expect(spans(transcriptOf(segments, words))).toEqual([
      ['No.', 50_000, 51_000],
      ['Yes.', 101_000, 102_000],
    ]);
  });

  it('of a segment without words follow its characters, and do not stretch over its silence', () => {
    expect(spans(said('Hello there.', 30))).toEqual([['Hello there.', 0, 2400]]);
    const [first, second] = spans(
      said(`${'a'.repeat(40)} ${'b'.repeat(40)}. ${'c'.repeat(40)} ${'d'.repeat(40)}.`, 12),
    );
    expect(first?.[2]).toBe(5884);
    expect(second?.[1]).toBe(5964);
  });

  it('leave time to read where there is some', () => {
    const fast = transcriptOf(
      [{ start: 1, end: 2, text: 'This has thirty-four characters ok' }],
      undefined,
      60,
    );
    expect(spans(fast)).toEqual([['This has thirty-four characters ok', 1000, 3059]]);
    const [first] = spans(
      transcriptOf([
        { start: 1, end: 2.2, text: 'This has exactly as many as fifty-one characters ok.' },
        { start: 2.5, end: 4, text: 'The next one follows at once, and is as long as that.' },
      ]),
    );
    expect(first?.[2]).toBe(2420);
  });

  it('of a short last word begin earlier, so that it can be seen before the end', () => {
    const transcript = transcriptOf([{ start: 59.7, end: 60, text: 'Bye.' }]);
    expect(spans(transcript)).toEqual([['Bye.', 59_000, 60_000]]);
  });

  it('join what is too short to be seen alone', () => {
    const segments = [
      { start: 1, end: 1.4, text: 'Yes.' },
      { start: 1.5, end: 1.8, text: 'No.' },
      { start: 1.9, end: 2.4, text: 'Maybe.' },
    ];
    expect(spans(transcriptOf(segments))).toEqual([['Yes. No. Maybe.', 1000, 2400]]);
  });

  it('are not longer than 7 s for a word that lasts longer', () => {
    const words = [{ start: 0, end: 20, text: 'Om' }];
    expect(spans(transcriptOf([{ start: 0, end: 20, text: 'Om.' }], words))).toEqual([['Om.', 0, 7000]]);
  });
});

describe('an engine that gives words alone', () => {
  it('gets its text from them, with spaces where its script has them', () => {
    const english = transcriptOf([], [...wordsAt('So it is. And', 0, 0.5), ...wordsAt('on', 9, 0.5)]);
    expect([...cuesOf(english)].map(({ lines }) => lines)).toEqual([['So it is. And'], ['on']]);
    const japanese = transcriptOf([], wordsAt('今日 は 晴れ です', 0, 0.5));
    expect([...cuesOf(japanese)].map(({ lines }) => lines)).toEqual([['今日は晴れです']]);
    const spaced = transcriptOf(
      [],
      wordsAt('un believ able', 0, 0.5).map((word, index) => ({
        ...word,
        text: index === 1 ? ` ${word.text}` : word.text,
      })),
    );
    expect([...cuesOf(spaced)].map(({ lines }) => lines)).toEqual([['un believable']]);
  });
});

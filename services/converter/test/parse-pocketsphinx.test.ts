import { describe, expect, it } from '@jest/globals';
import { parsePocketsphinx } from '../src/parse-pocketsphinx.ts';

describe('parsePocketsphinx', () => {
  it('reads an utterance: one segment, and its words with their times', () => {
    const output = `we live(2) here
<s> 0.110 0.170 1.000100
we 0.180 0.380 0.996705
live(2) 0.390 0.740 0.414658
<sil> 0.750 0.920 0.782761
here 0.930 1.240 1.000100
</s> 1.250 1.480 1.000000
`;
    expect(parsePocketsphinx(output)).toEqual({
      // The cube root of 0.9967 × 0.4147 × 1.
      segments: [{ start: 0.18, end: 1.24, text: 'we live here', confidence: 0.7449 }],
      words: [
        { start: 0.18, end: 0.38, text: 'we', confidence: 0.9967 },
        { start: 0.39, end: 0.74, text: 'live', confidence: 0.4147 },
        // Rounding in the engine makes more than 1 of it now and then.
        { start: 0.93, end: 1.24, text: 'here', confidence: 1 },
      ],
    });
  });

  it('makes a segment of every utterance', () => {
    const output = 'yes\nyes 1.000 1.500 0.9\nno no\nno 12.000 12.250 0.5\nno 12.500 12.750 0.25\n';
    const { segments, words } = parsePocketsphinx(output);
    expect(segments).toEqual([
      { start: 1, end: 1.5, text: 'yes', confidence: 0.9 },
      { start: 12, end: 12.75, text: 'no no', confidence: 0.3536, lowConfidence: true },
    ]);
    expect(words.map(({ start }) => start)).toEqual([1, 12, 12.5]);
  });

  it.each([
    ['nothing at all', ''],
    ['an utterance without words', '\n<s> 0.000 0.590 0.999700\n</s> 0.600 0.910 1.000000\n'],
    [
      'noises only',
      '\n<s> 0.0 0.1 1.0\n[NOISE] 0.2 0.5 0.9\n[SPEECH] 0.5 0.7 0.9\n++UM++ 0.7 0.9 1.0\n</s> 0.9 1.0 1.0\n',
    ],
  ])('hears nothing in %s', (_name, output) => {
    expect(parsePocketsphinx(output)).toEqual({ segments: [], words: [] });
  });

  it('keeps apostrophes, hyphens and the numbers of nobody', () => {
    const { words } = parsePocketsphinx(
      "don't twenty-one(3)\ndon't 0.1 0.2 1.0\ntwenty-one(3) 0.3 0.4 1.0\n",
    );
    expect(words.map(({ text }) => text)).toEqual(["don't", 'twenty-one']);
  });

  it('reads Windows line ends and times of many hours', () => {
    const { segments } = parsePocketsphinx('late\r\nlate 40000.120 40000.990 0.5\r\n');
    expect(segments).toMatchObject([{ start: 40_000.12, end: 40_000.99, text: 'late' }]);
  });
});

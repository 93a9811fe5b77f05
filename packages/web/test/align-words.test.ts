import { describe, expect, it } from '@jest/globals';
import { alignWords, fillGaps, indexAt } from '../browser/job/align-words.ts';

const word = (text: string, start: number) => ({ text, start, end: start + 0.4 });

describe('alignWords', () => {
  it('gives the words of the text the times of the engine, which lacks punctuation and case', () => {
    const [sentence] = alignWords({
      segments: [{ start: 0, end: 2, text: ' Hello, “World”! ' }],
      words: [word('hello', 0.2), word('world', 1.1)],
    });
    expect(sentence?.words).toEqual([
      { text: 'Hello,', start: 0.2 },
      { text: '“World”!', start: 1.1 },
    ]);
    expect(sentence?.text).toBe('Hello, “World”!');
  });

  it('writes letters with their accents as one, however they came', () => {
    const [sentence] = alignWords({ segments: [{ start: 0, end: 2, text: 'cafe\u0301' }] });
    expect(sentence?.text).toBe('caf\u00e9');
  });

  it('puts what the engine wrote in another way between its neighbours', () => {
    const [sentence] = alignWords({
      segments: [{ start: 0, end: 4, text: 'It costs 20 dollars' }],
      words: [word('it', 0), word('costs', 1), word('twenty', 2), word('dollars', 3)],
    });
    expect(sentence?.words.map(({ start }) => start)).toEqual([0, 1, 2, 3]);
  });

  it('does not take the words of one segment for those of the next', () => {
    const sentences = alignWords({
      segments: [
        { start: 0, end: 2, text: 'the [noise] end' },
        { start: 2, end: 4, text: 'the end' },
      ],
      words: [word('the', 0), word('end', 1.5), word('the', 2), word('end', 3)],
    });
    expect(sentences[1]?.words.map(({ start }) => start)).toEqual([2, 3]);
  });

  it('spreads the words of a segment evenly when the engine gives none', () => {
    const [sentence] = alignWords({ segments: [{ start: 10, end: 14, text: 'a b c d' }] });
    expect(sentence?.words.map(({ start }) => start)).toEqual([10, 11, 12, 13]);
  });

  it('keeps segments without text', () => {
    expect(alignWords({ segments: [{ start: 0, end: 1, text: '  ' }] })).toMatchObject([
      { words: [], text: '' },
    ]);
  });
});

describe('fillGaps', () => {
  it.each([
    [[undefined, undefined], 0, 2, [0, 1]],
    [[1, undefined, 3], 0, 4, [1, 2, 3]],
    [[undefined, 2], 0, 4, [0, 2]],
    [[3, 1], 0, 4, [3, 3]],
    [[1, undefined, undefined], 0, 4, [1, 2, 3]],
  ])('%j between %d and %d is %j', (times, start, end, filled) => {
    expect(fillGaps(times, start, end)).toEqual(filled);
  });
});

describe('indexAt', () => {
  const items = [{ start: 1 }, { start: 2 }, { start: 2 }, { start: 5 }];
  it.each([
    [0.9, -1],
    [1, 0],
    [2, 2],
    [4.9, 2],
    [99, 3],
  ])('at %d s it is %d', (time, index) => {
    expect(indexAt(items, time)).toBe(index);
  });
});

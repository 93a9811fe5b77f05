import { describe, expect, it } from '@jest/globals';
import type { Sentence } from '../browser/job/align-words.ts';
import { findText } from '../browser/job/find-text.ts';

const said = (text: string): Sentence => ({ start: 0, end: 1, words: [], text, isUnsure: false });

describe('findText', () => {
  it.each([
    [
      'RIVER',
      [said('the river by the river')],
      [
        [0, 4, 9],
        [0, 17, 22],
      ],
    ],
    ['of  the', [said('a'), said('end of the day')], [[1, 4, 10]]],
    [
      'aa',
      [said('aaaa')],
      [
        [0, 0, 2],
        [0, 2, 4],
      ],
    ],
    ['a', [said('a cat')], []],
    ['  ', [said('a  cat')], []],
    ['x', [], []],
  ])('%j', (wanted, sentences, places) => {
    const hits = findText(sentences, wanted).map(({ sentence, from, to }) => [sentence, from, to]);
    expect(hits).toEqual(places);
  });
});

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

  /** What is found, as it is written. */
  const found = (wanted: string, ...texts: string[]): string[] => {
    const sentences = texts.map(said);
    return findText(sentences, wanted).map(({ sentence, from, last, to }) =>
      sentence === last
        ? (texts[sentence]?.slice(from, to) ?? '')
        : `${texts[sentence]?.slice(from) ?? ''}|${texts[last]?.slice(0, to) ?? ''}`,
    );
  };

  it.each([
    ['cafe', ['Un CAFÉ, un café.'], ['CAFÉ', 'café']],
    ['café', ['a cafe'], ['cafe']],
    ['İstanbul', ['in İstanbul now'], ['İstanbul']],
    ['istanbul', ['İİ İstanbul'], ['İstanbul']],
    ['οδος', ['ΟΔΟΣ οδός'], ['ΟΔΟΣ', 'οδός']],
    ["don't", ['I don’t know'], ['don’t']],
    ['水', ['水を飲みます'], ['水']],
    ['か', ['が か'], ['か']],
    ['한', ['한국'], ['한']],
    ['(a.b*c)', ['What is (a.b*c) [x]?'], ['(a.b*c)']],
    ['goes over two', ['This phrase goes', 'over two segments.'], ['goes|over two']],
    ['a b c', ['a', 'b', 'c'], ['a|c']],
    ['𝒳y', ['an 𝒳y'], ['𝒳y']],
  ])('%j in %j', (wanted, texts, hits) => {
    expect(found(wanted, ...texts)).toEqual(hits);
  });
});

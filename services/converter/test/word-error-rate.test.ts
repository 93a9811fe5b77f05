import { expect, it } from '@jest/globals';
import { wordErrorRate } from './word-error-rate.ts';

it.each([
  ['the same, but for case and marks', 'The quick, brown fox.', 'the quick brown fox', 0],
  ['one word replaced', 'the quick brown fox', 'the quick red fox', 0.25],
  ['one word missing', 'the quick brown fox', 'the quick fox', 0.25],
  ['one word too many', 'the quick brown fox', 'the quick brown brown fox', 0.25],
  ['two words in the wrong order', 'a b c d', 'b a c d', 0.5],
  ['nothing heard', 'the quick brown fox', '', 1],
  ['far too much heard', 'one', 'two three four', 3],
])('%s', (_name, said, heard, rate) => {
  expect(wordErrorRate(said, heard)).toBe(rate);
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { promptFor } from '../src/adapters/openai-prompt.ts';
import { madeUpSpeech } from '../testing/speech-api-answer.ts';

const long = madeUpSpeech('abcdef0', 600).text;

describe('promptFor', () => {
  it.each([
    [undefined, undefined, undefined],
    ['', '  ', undefined],
    ['Ada Lovelace', undefined, 'Ada Lovelace'],
    [undefined, 'We crossed the river and', 'We crossed the river and'],
    ['Ada', 'We crossed the river and', 'Ada We crossed the river and'],
    ['Ada', 'Yes.', 'Ada'],
  ])('of %p and %p is %p', (prompt, previousText, expected) => {
    expect(promptFor(prompt, previousText)).toBe(expected);
  });

  it('takes the end of the text before, in whole words', () => {
    const prompt = promptFor('Ada', long) ?? '';
    expect(prompt.startsWith('Ada ')).toBe(true);
    const tail = prompt.slice('Ada '.length);
    expect(long.endsWith(` ${tail}`)).toBe(true);
    expect(tail.length).toBeGreaterThan(800);
  });

  it('takes the beginning of what the owner asked for, which comes first', () => {
    const prompt = promptFor(long.slice(0, 1000), 'We crossed the river and went on') ?? '';
    expect(long.startsWith(`${prompt} `)).toBe(true);
    expect(prompt.length).toBeGreaterThan(850);
  });

  it.each([
    ['Chinese', 0x4e00, '', 224],
    ['Russian', 0x430, ' ', 336],
  ])('takes less of %s, whose letters are more tokens', (_name, firstLetter, space, most) => {
    const letters = long.replaceAll(' ', space);
    const text = letters.replaceAll(/[a-z]/g, (letter) =>
      String.fromCodePoint(firstLetter + letter.charCodeAt(0) - 97),
    );
    const { length } = promptFor(undefined, text) ?? '';
    expect(length).toBeGreaterThan(most * 0.75);
    expect(length).toBeLessThanOrEqual(most * 1.2);
  });

  it('does not go on with a loop', () => {
    expect(promptFor('Ada', 'Thank you for watching. '.repeat(20))).toBe('Ada');
  });

  it('is never longer than engines take, and never cuts a character', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 1200 }),
        fc.string({ unit: 'grapheme', maxLength: 3000 }),
        (prompt, before) => {
          const text = promptFor(prompt, before);
          if (text === undefined) return;
          expect(text.length).toBeLessThanOrEqual(896);
          expect(text).toBe(text.trim());
          expect(text.isWellFormed()).toBe(true);
        },
      ),
    );
  });
});

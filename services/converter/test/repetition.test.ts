import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compressionRatio, findRepetition } from '../src/repetition.ts';
import { madeUpSpeech } from '../testing/speech-api-answer.ts';

/** Words of letters that hardly compress, as many different ones as ordinary speech has. */
const words = fc.array(fc.stringMatching(/^[a-z]{2,9}$/), { minLength: 5, maxLength: 60 });
const phrase = fc
  .array(fc.stringMatching(/^[a-zäéß]{1,8}$/), { minLength: 2, maxLength: 12 })
  .map((parts) => parts.join(' '));
const letters = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim().length;

describe('findRepetition', () => {
  it('finds every phrase that follows itself often and long enough, wherever it stands', () => {
    fc.assert(
      fc.property(words, phrase, words, fc.integer({ min: 4, max: 30 }), (before, loop, after, extra) => {
        const times = Math.ceil(60 / loop.length) + extra;
        const rounds = Array.from({ length: times }, () => loop);
        const { looped } = findRepetition([before.join(' '), ...rounds, after.join(' ')]);
        for (let index = 1; index <= times; index += 1) expect(looped).toContain(index);
      }),
    );
  });

  it('finds it in one long text as well, whatever the case and the punctuation', () => {
    fc.assert(
      fc.property(phrase, fc.constantFrom('. ', '! ', ', ', '… '), (loop, mark) => {
        const times = Math.ceil(60 / loop.length) + 4;
        const said = Array.from({ length: times }, (_, index) =>
          index % 2 === 0 ? loop : loop.toUpperCase(),
        );
        // German ß has no capital of its own, so that the two rounds would not be the same.
        fc.pre(!loop.includes('ß'));
        expect(findRepetition([said.join(mark)]).looped).toEqual(new Set([0]));
      }),
    );
  });

  it('takes no words for a loop that do not repeat', () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (texts) => {
        const { looped } = findRepetition(texts.map((text) => text.join(' ')));
        expect(looped).toEqual(new Set());
      }),
    );
  });

  it('counts every letter once, inside or outside of loops', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), phrase, fc.constant('na na na na'))),
        (texts) => {
          const { looped, loopedLetters, soundLetters } = findRepetition(texts);
          for (const index of looped) expect(index).toBeLessThan(texts.length);
          expect(loopedLetters).toBeGreaterThanOrEqual(0);
          const spaces = Math.max(texts.length - 1, 0);
          expect(loopedLetters + soundLetters).toBe(
            texts.reduce((sum, text) => sum + letters(text), 0) + spaces,
          );
          expect(looped.size > 0).toBe(loopedLetters > 0);
        },
      ),
    );
  });

  it.each([
    ['thanks', Array.from({ length: 10 }, () => 'Thank you.')],
    ['one syllable', ['ha'.repeat(40)]],
    ['one letter', ['Aaaa', 'a'.repeat(100)]],
    ['Chinese', ['谢谢观看'.repeat(6)]],
    ['Russian', ['Продолжение следует... '.repeat(5)]],
    ['Thai', ['ขอบคุณครับ'.repeat(6)]],
    [
      'rounds that count',
      Array.from({ length: 20 }, (_, index) => `and then we came to house number ${index}.`),
    ],
  ])('finds %s', (_name, texts) => {
    expect(findRepetition(texts).looped.size).toBe(
      texts.length > 1 && texts[0] !== 'Aaaa' ? texts.length : 1,
    );
  });

  it.each([
    ['nothing', []],
    ['silence', ['', ' ', '…']],
    ['insistence', ['No, no, no, no, no!', 'Never, never, never, never.']],
    [
      'a chorus of three',
      Array.from({ length: 3 }, () => 'Row, row, row your boat, gently down the stream.'),
    ],
    ['laughter', ['Ha ha ha ha ha ha!']],
    ['short thanks', ['Thank you. Thank you. Thank you. Thank you.']],
    ['Chinese', ['我们昨天去了市场，买了一些面包和牛奶当早餐。', '我的父母住在河边的一座小白房子里。']],
  ])('lets %s pass', (_name, texts) => {
    expect(findRepetition(texts).looped).toEqual(new Set());
  });

  it('lets an hour of made-up words pass', () => {
    const { segments = [] } = madeUpSpeech('0123456789', 3600);
    expect(findRepetition(segments.map(({ text }) => text)).looped).toEqual(new Set());
  });
});

describe('compressionRatio', () => {
  it('does not depend on how many bytes the letters of a script take', () => {
    fc.assert(
      fc.property(words, (said) => {
        const text = said.join(' ');
        const moved = text.replaceAll(/[a-z]/g, (letter) =>
          String.fromCodePoint(letter.charCodeAt(0) - 97 + 0x905),
        );
        expect(compressionRatio(moved)).toBe(compressionRatio(text));
      }),
    );
  });

  it('is defined for more letters than a byte can count', () => {
    const text = Array.from({ length: 400 }, (_, index) => String.fromCodePoint(0x4e00 + index * 7)).join('');
    expect(compressionRatio(text)).toBeLessThan(2.4);
    expect(compressionRatio(text.slice(0, 1).repeat(400))).toBeGreaterThan(10);
  });
});

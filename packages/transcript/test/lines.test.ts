import { describe, expect, it } from '@jest/globals';
import { cuesOf } from '@clipscribe/transcript';
import { said, samples } from './transcripts.ts';

const linesOf = (text: string, seconds: number): string[][] =>
  [...cuesOf(said(text, seconds))].map(({ lines }) => lines);

describe('breaks', () => {
  it('come at the ends of sentences first, then at commas', () => {
    expect(linesOf(samples['english']?.text ?? '', 16)).toEqual([
      ['I think it was Dr. Smith who said,', '"The river is the city."'],
      ['But when you look at the old maps,'],
      ["you'll see that the first houses", "weren't built near the water at all;"],
      ['they were built up on the hill,', 'where it was safer.'],
    ]);
  });

  it('leave lines of like length, the upper one rather the shorter', () => {
    expect(linesOf('one two three four five six seven eight nine ten eleven', 5)).toEqual([
      ['one two three four five six', 'seven eight nine ten eleven'],
    ]);
  });

  it('do not come before punctuation that stands alone, as in French', () => {
    for (const line of linesOf(samples['french']?.text ?? '', 9).flat()) {
      expect(line).not.toMatch(/^[!?:»]|«$/u);
    }
  });

  it('do not come at a no-break space', () => {
    const text = `${'aaaa '.repeat(7)}10\u00a0000\u00a0000 euros`;
    expect(linesOf(text, 6)[0]?.join('\n')).toContain('10\u00a0000\u00a0000');
  });

  it('cut a word only when no line is long enough for it', () => {
    expect(linesOf(`a ${'x'.repeat(50)} b`, 6)).toEqual([[`a`, 'x'.repeat(42)], [`${'x'.repeat(8)} b`]]);
    expect(linesOf('Rhabarberbarbarabarbarbarenbartbarbier is 39', 6)).toEqual([
      ['Rhabarberbarbarabarbarbarenbartbarbier', 'is 39'],
    ]);
  });

  it('cut a long word between what is seen as characters', () => {
    const family = '👨‍👩‍👧‍👦';
    expect(linesOf(family.repeat(30), 6)).toEqual([[family.repeat(15), family.repeat(15)]]);
    const accented = 'e\u0301'.repeat(50);
    expect(linesOf(accented, 6)).toEqual([['e\u0301'.repeat(42), 'e\u0301'.repeat(8)]]);
  });

  it('come between words in Japanese, and never before closing punctuation or after an opening bracket', () => {
    const lines = linesOf(samples['japanese']?.text ?? '', 22).flat();
    for (const line of lines) {
      expect(line).not.toMatch(/^[、。」ーゃゅょっ]|「$/u);
    }
    expect(lines).toContain('「川は街である」と彼は言った。');
    expect(lines.some((line) => line.startsWith('コンピューター'))).toBe(true);
  });

  it('come between words in Thai, where the spaces divide sentences', () => {
    const lines = linesOf(samples['thai']?.text ?? '', 15).flat();
    expect(lines[0]).toBe('สวัสดีครับ วันนี้เราจะมาพูดถึงประวัติศาสตร์ของเมืองนี้');
    // Vowel signs and tone marks belong to the consonant before them.
    for (const line of lines) expect(line).not.toMatch(/^\p{M}/u);
  });
});

describe('the direction of a line', () => {
  it('is that of its text in Arabic and Hebrew, in logical order without any marks', () => {
    for (const name of ['arabic', 'hebrew']) {
      const { text = '', seconds = 0 } = samples[name] ?? {};
      expect(linesOf(text, seconds).flat().join(' ')).toBe(text);
    }
  });

  it('is kept by a mark where a line would turn around for a Latin word at its beginning', () => {
    const text = 'قال المتحدث باسم الوكالة الفضائية الكبيرة، NASA تعلن عن اكتشاف جديد في الفضاء';
    expect(linesOf(text, 7)).toEqual([
      ['قال المتحدث باسم الوكالة الفضائية الكبيرة،', '\u200fNASA تعلن عن اكتشاف جديد في الفضاء'],
    ]);
    const first = linesOf('NASA تعلن عن اكتشاف جديد في الفضاء', 5);
    expect(first).toEqual([['\u200fNASA تعلن عن اكتشاف جديد في الفضاء']]);
  });

  it('is kept where a line begins with punctuation, digits, or has nothing else', () => {
    expect(linesOf('"שלום," אמר.', 3)).toEqual([['"שלום," אמר.']]);
    expect(linesOf('3 אנשים הגיעו.', 3)).toEqual([['3 אנשים הגיעו.']]);
  });

  it('is kept in a text from left to right, too', () => {
    expect(linesOf('שלום means hello and also goodbye.', 4)).toEqual([
      ['\u200eשלום means hello and also goodbye.'],
    ]);
  });
});

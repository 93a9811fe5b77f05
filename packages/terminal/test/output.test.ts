import { describe, expect, it } from '@jest/globals';
import { fields, messageLines, table, visible } from '../src/index.ts';

describe('table', () => {
  it('aligns all columns but the last', () => {
    const text = table(
      ['A', 'LONG', 'REST'],
      [
        ['one', '2', 'as long as it likes'],
        ['1', 'two', ''],
      ],
    );
    expect(text.split('\n')).toEqual(['A    LONG  REST', 'one  2     as long as it likes', '1    two']);
  });
});

describe('fields', () => {
  it('leaves out what is not there', () => {
    expect(fields({ id: '1', 'much longer': 'two', absent: undefined })).toBe(
      'id           1\nmuch longer  two',
    );
  });
});

describe('visible', () => {
  it('leaves ordinary text alone, of any language', () => {
    const text = 'Grüße aus Köln – 日本語 – مرحبا – 👩‍🚀';
    expect(visible(text)).toBe(text);
  });

  it.each([
    ['\u001b[31m', '\\u{1b}[31m'],
    ['a\r\nb', 'a\\u{d}\\u{a}b'],
    ['\u009b2J', '\\u{9b}2J'],
    ['evil\u202e3pm.exe', 'evil\\u{202e}3pm.exe'],
    ['line\u2028end', 'line\\u{2028}end'],
  ])('writes out %j', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });
});

describe('messageLines', () => {
  it('says on each line who speaks', () => {
    expect(messageLines('one\ntwo')).toBe('clipscribe: one\nclipscribe: two\n');
  });
});

import { describe, expect, it } from '@jest/globals';
import { fields, messageLines, padEnd, table, truncate, visible } from '@clipscribe/terminal';

describe('text for terminals', () => {
  it('writes out what could steer a terminal or turn the direction of writing', () => {
    expect(visible('a\u001b[2Jb\r\nc\u202ed\u2028e')).toBe('a\\u{1b}[2Jb\\u{d}\\u{a}c\\u{202e}d\\u{2028}e');
    expect(visible('Zoë 講義 🎬')).toBe('Zoë 講義 🎬');
  });

  it('says in each line who speaks', () => {
    expect(messageLines('one\ntwo\u0007')).toBe('clipscribe: one\nclipscribe: two\\u{7}\n');
  });

  it('lines up columns by what a screen shows, not by characters', () => {
    expect(
      table(
        ['NAME', 'N'],
        [
          ['講義', '1'],
          ['e\u0301', '2'],
        ],
      ),
    ).toBe('NAME  N\n講義  1\ne\u0301     2');
  });

  it('leaves out fields that are not there', () => {
    expect(fields({ a: '1', long: '2\t', none: undefined })).toBe('a     1\nlong  2\\u{9}');
  });

  it('cuts a text to so many columns without cutting a character in two', () => {
    expect(truncate('lecture.mp4', 11)).toBe('lecture.mp4');
    expect(truncate('lecture.mp4', 5)).toBe('lect…');
    expect(truncate('講義講義', 4)).toBe('講…');
    expect(truncate('👩‍👩‍👧x', 2)).toBe('…');
    expect(truncate('abc', 0)).toBe('');
    expect(padEnd('講', 4)).toBe('講  ');
  });
});

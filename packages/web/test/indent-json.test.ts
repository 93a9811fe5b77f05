import { describe, expect, it } from '@jest/globals';
import { indentJson } from '../browser/admin/indent-json.ts';

describe('indentJson', () => {
  it('gives each member a line', () => {
    const text = '{"v":1,"list":[1,[],{}],"nested":{"ok":true,"none":null}}';
    expect(indentJson(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
  });

  it.each([
    ['a long number', '{"n":12345678901234567890.10}', '{\n  "n": 12345678901234567890.10\n}'],
    ['members of one name', '{"a":1,"a":2}', '{\n  "a": 1,\n  "a": 2\n}'],
    ['escapes', String.raw`["\u0041\"]{,:\\"]`, `[\n  ${String.raw`"\u0041\"]{,:\\"`}\n]`],
    ['white space in between', ' [ 1 ,\n2 ] ', '[\n  1,\n  2\n]'],
    ['a single value', '"{}"', '"{}"'],
  ])('leaves %s as it was written', (_name, text, expected) => {
    expect(indentJson(text)).toBe(expected);
  });

  it.each(['', 'this is no message', '{"cut":"in the mid', '{"a":1}}'])(
    'leaves %j alone, which is no JSON',
    (text) => {
      expect(indentJson(text)).toBe(text);
    },
  );
});

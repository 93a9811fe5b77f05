import { describe, expect, it } from '@jest/globals';
import { languageCodes, languages, languageSchema, parseLanguage } from '@clipscribe/contracts';

describe('parseLanguage', () => {
  it('knows the hundred languages of Whisper, and no region of any', () => {
    expect(languageCodes).toHaveLength(100);
    expect(new Set(Object.values(languages)).size).toBe(100);
    for (const code of languageCodes) expect(code).toMatch(/^[a-z]{2,3}$/);
  });

  it.each(languageCodes)('takes %s by code and by name', (code) => {
    expect(parseLanguage(code)).toBe(code);
    expect(parseLanguage(code.toUpperCase())).toBe(code);
    expect(parseLanguage(languages[code] ?? '')).toBe(code);
    expect(parseLanguage((languages[code] ?? '').toLowerCase())).toBe(code);
    expect(parseLanguage(`${code}-Latn`)).toBe(code);
  });

  it.each([
    [' en ', 'en'],
    ['en-US', 'en'],
    ['en_GB', 'en'],
    ['pt-br', 'pt'],
    ['zh-Hans-CN', 'zh'],
    ['es-419', 'es'],
    ['eng', 'en'],
    ['deu', 'de'],
    ['ger', 'de'],
    ['fra', 'fr'],
    ['zho', 'zh'],
    ['cmn', 'zh'],
    ['iw', 'he'],
    ['in', 'id'],
    ['jw', 'jv'],
    ['nb', 'no'],
    ['nb-NO', 'no'],
    ['nno', 'nn'],
    ['fil', 'tl'],
    ['tgl', 'tl'],
    ['mo', 'ro'],
    ['zh-yue', 'yue'],
    ['Castilian', 'es'],
    ['haitian', 'ht'],
  ])('takes %p for %s', (text, code) => {
    expect(parseLanguage(text)).toBe(code);
  });

  it.each([
    '',
    'x',
    'zz',
    'e1',
    'auto',
    'klingon',
    'deutsch',
    'en-',
    'en US',
    '-en',
    'english-us',
    'epo',
    '__proto__',
  ])('knows no %p', (text) => {
    expect(parseLanguage(text)).toBeNull();
  });

  it('says which ones there are', () => {
    expect(languageSchema.safeParse('zz').error?.issues[0]?.message).toMatch(
      / one of af, am, ar, .*, yue, zh$/,
    );
  });
});

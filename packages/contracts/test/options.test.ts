import { describe, expect, it } from '@jest/globals';
import { languageCodes, qualities, uploadOptionsSchema } from '@clipscribe/contracts';

const languageMessage = `must be a language code such as en, one of ${languageCodes.join(', ')}`;

describe('uploadOptionsSchema', () => {
  it('transcribes at V2 when nothing is asked for', () => {
    expect(uploadOptionsSchema.parse({})).toEqual({ transcript: true, quality: 'V2' });
  });

  it('names every option field', () => {
    expect(Object.keys(uploadOptionsSchema.shape).sort()).toEqual([
      'language',
      'prompt',
      'quality',
      'title',
      'transcript',
      'webhook',
    ]);
  });

  it.each([
    ['true', true],
    ['YES', true],
    [' on ', true],
    ['1', true],
    ['false', false],
    ['No', false],
    ['off', false],
    ['0', false],
  ])('reads transcript=%j as %j', (text, expected) => {
    expect(uploadOptionsSchema.parse({ transcript: text }).transcript).toBe(expected);
  });

  it.each(qualities)('takes quality %s in either case', (quality) => {
    expect(uploadOptionsSchema.parse({ quality: quality.toLowerCase() }).quality).toBe(quality);
    expect(uploadOptionsSchema.parse({ quality: ` ${quality.toUpperCase()} ` }).quality).toBe(quality);
  });

  it('tidies language, prompt and title', () => {
    const options = uploadOptionsSchema.parse({
      language: ' EN ',
      prompt: ' clipscribe ',
      title: 'Übung – 1 🎬 ',
    });
    expect(options).toMatchObject({ language: 'en', prompt: 'clipscribe', title: 'Übung – 1 🎬' });
  });

  it.each([
    [{ transcript: 'maybe' }, 'transcript', 'must be true or false'],
    [{ transcript: '' }, 'transcript', 'must be true or false'],
    [{ quality: 'V10' }, 'quality', `must be one of ${qualities.join(', ')}`],
    [{ language: 'klingon' }, 'language', languageMessage],
    [{ language: 'e1' }, 'language', languageMessage],
    [{ language: 'auto' }, 'language', languageMessage],
    [{ language: 7 }, 'language', undefined],
    [{ title: '   ' }, 'title', 'must not be empty'],
    [{ title: 'x'.repeat(201) }, 'title', 'must be at most 200 characters'],
    [{ title: 'a\r\nBcc: b@example.org' }, 'title', 'must not contain control characters'],
    [{ prompt: 'a\u0000b' }, 'prompt', 'must not contain control characters'],
    [{ prompt: 'x'.repeat(1001) }, 'prompt', 'must be at most 1000 characters'],
    [{ prompt: { $ne: null } }, 'prompt', undefined],
  ])('refuses %j, naming %s', (input, name, message) => {
    const issue = uploadOptionsSchema.safeParse(input).error?.issues[0];
    expect(issue?.path[0]).toBe(name);
    if (message !== undefined) expect(issue?.message).toBe(message);
  });

  it('refuses a field that is not an option', () => {
    const issue = uploadOptionsSchema.safeParse({ qualty: 'V2' }).error?.issues[0];
    expect(issue).toMatchObject({ code: 'unrecognized_keys', keys: ['qualty'] });
  });
});

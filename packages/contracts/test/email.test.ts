import { describe, expect, it } from '@jest/globals';
import { emailSchema } from '../src/index.ts';

const name = 'a'.repeat(64);
const label = 'b'.repeat(63);

describe('an e-mail address', () => {
  it('is stored in small letters', () => {
    expect(emailSchema.parse('Ada+x@Example.ORG')).toBe('ada+x@example.org');
  });

  it('may have the longest parts that mail can carry', () => {
    expect(emailSchema.parse(`${name}@${label}.org`)).toBe(`${name}@${label}.org`);
    expect(emailSchema.parse('a@b.c-d.org')).toBe('a@b.c-d.org');
  });

  it.each([
    ['a name that is longer', `${name}a@example.org`],
    ['a label that is longer', `ada@${label}b.org`],
    ['a last label that is longer', `ada@example.${label}b`],
    ['a label that ends with a hyphen', 'ada@example-.org'],
    ['more than all of a path', `${name}@${label}.${label}.${label}.org`],
    ['a line break', 'ada@example.org\r\nBcc: eve@example.org'],
    ['a list', 'ada@example.org,eve@example.org'],
    ['no domain', 'ada@'],
  ])('is refused with %s', (_what, text) => {
    expect(emailSchema.safeParse(text).success).toBe(false);
  });
});

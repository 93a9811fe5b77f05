import { describe, expect, it } from '@jest/globals';
import { isId, newId } from '@clipscribe/contracts';

describe('newId', () => {
  it('gives ids that are different, valid and in the order of their making', () => {
    const ids = Array.from({ length: 1000 }, newId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every(isId)).toBe(true);
    expect([...ids].sort()).toEqual(ids);
  });
});

describe('isId', () => {
  it.each([
    '',
    '42',
    '../../etc/passwd',
    'a%00b',
    '507f1f77bcf86cd799439011',
    '00000000-0000-0000-0000-000000000000',
    '9b2f3a52-6c1e-4f0a-8a3e-1d5b7c9e0f12', // version 4
    `${newId()}\n`,
  ])('refuses %j', (text) => {
    expect(isId(text)).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import { foldText, isCalled, jobListQuerySchema } from '@clipscribe/contracts';

const job = { source: { name: 'River walk.mp4' }, options: { title: 'Καλημέρα ΚΟΣΜΟΣ' } };

describe('the names of a job', () => {
  it.each(['river', 'WALK.MP4', 'r w', 'κοσμος', 'ΚΟΣ', 'ΚΑΛΗΜΈΡΑ'])('contain %s', (text) => {
    expect(isCalled(job, text)).toBe(true);
  });

  it.each(['rivers', 'mp4κ', 'mp4 κ', '.*', 'mp4\nκ'])('do not contain %j', (text) => {
    expect(isCalled(job, text)).toBe(false);
  });

  it('need no title', () => {
    expect(isCalled({ source: job.source, options: {} }, 'undefined')).toBe(false);
  });
});

describe('folded text', () => {
  it.each([
    ['É', 'E\u0301', 'é'],
    ['Ａ１', 'a1', 'a1'],
    ['ς', 'Σ', 'σ'],
    ['a \t\n b', 'A\u00a0B', 'a b'],
    ['ﬁn', 'FIN', 'fin'],
  ])('is the same for %j and %j', (one, other, folded) => {
    expect([foldText(one), foldText(other)]).toEqual([folded, folded]);
  });
});

describe('the search of a list', () => {
  it('is trimmed', () => {
    expect(jobListQuerySchema.parse({ search: '  a talk ' }).search).toBe('a talk');
    expect(jobListQuerySchema.parse({ search: 'x'.repeat(200) }).search).toHaveLength(200);
    expect(jobListQuerySchema.parse({})).not.toHaveProperty('search');
  });

  it.each(['', ' ', 'x'.repeat(201), 'a\0b', ['a', 'b']])('is refused: %j', (search) => {
    expect(jobListQuerySchema.safeParse({ search }).success).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import { transcriptSchema } from '@clipscribe/contracts';

const plain = {
  v: 1,
  engine: 'test',
  model: null,
  language: 'en',
  durationSeconds: 4,
  segments: [{ start: 0, end: 2, text: 'Hello.' }],
};

describe('transcriptSchema', () => {
  it('reads what has no more than times and text', () => {
    expect(transcriptSchema.parse(plain)).toEqual(plain);
  });

  it('keeps words, confidences and what else is said of a segment', () => {
    const segment = {
      start: 0,
      end: 2,
      text: 'Hello.',
      confidence: 0.2,
      lowConfidence: true,
      flags: ['repetition'],
    };
    const words = [{ start: 0, end: 1, text: 'Hello', confidence: 1 }];
    const rich = { ...plain, segments: [segment], words };
    expect(transcriptSchema.parse(rich)).toEqual(rich);
  });

  it.each([
    ['another version', { v: 2 }],
    ['no segments', { segments: undefined }],
    ['a time before the beginning', { segments: [{ start: -1, end: 2, text: 'Hello.' }] }],
    ['a time that is no number', { durationSeconds: NaN }],
    ['a confidence above 1', { words: [{ start: 0, end: 1, text: 'Hello', confidence: 1.1 }] }],
    ['a word without text', { words: [{ start: 0, end: 1 }] }],
  ])('refuses %s', (_what, change) => {
    expect(transcriptSchema.safeParse({ ...plain, ...change }).success).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import { confidenceMarks, meanConfidence, roundedConfidence } from '../src/confidence.ts';

describe('confidenceMarks', () => {
  it.each([
    [0.9, undefined, { confidence: 0.9 }],
    [0.37, undefined, { confidence: 0.37 }],
    [0.36, undefined, { confidence: 0.36, lowConfidence: true }],
    [0.9, 0.6, { confidence: 0.9 }],
    [0.9, 0.61, { confidence: 0.9, lowConfidence: true, flags: ['no-speech'] }],
    [undefined, 0.9, { lowConfidence: true, flags: ['no-speech'] }],
    [undefined, undefined, {}],
    [1.2, 0, { confidence: 1 }],
    [-1, 0, { confidence: 0, lowConfidence: true }],
  ])('of %p, with no speech at %p', (confidence, noSpeech, expected) => {
    expect(confidenceMarks(confidence, noSpeech)).toEqual(expected);
  });
});

describe('meanConfidence', () => {
  it('is the geometric mean, and defined for words that were guessed blindly', () => {
    expect(meanConfidence([0.25, 1])).toBeCloseTo(0.5);
    expect(meanConfidence([0, 1])).toBeCloseTo(0.001);
    expect(meanConfidence([])).toBeUndefined();
  });
});

describe('roundedConfidence', () => {
  it('keeps four digits', () => {
    expect([0.123_456, 1.0001, 0].map(roundedConfidence)).toEqual([0.1235, 1, 0]);
  });
});

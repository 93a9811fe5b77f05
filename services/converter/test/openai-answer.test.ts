import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JobFailure, transcriptSchema } from '@clipscribe/contracts';
import { readAnswer } from '../src/adapters/openai-answer.ts';
import { chunkResultSchema } from '../src/chunk-result.ts';

describe('readAnswer', () => {
  it.each([
    ['english', 'en'],
    ['German', 'de'],
    ['ja', 'ja'],
    ['haitian creole', 'ht'],
    ['javanese', 'jv'],
    ['jw', 'jv'],
    ['klingon', null],
    ['', null],
    [null, null],
    [undefined, null],
  ])('takes the language %p for %p', (language, expected) => {
    expect(readAnswer({ text: 'x', language }, 1).language).toBe(expected);
  });

  it('takes the language as gpt-transcribe says it', () => {
    expect(readAnswer({ text: 'x', languages: [{ code: 'fr' }] }, 1).language).toBe('fr');
    expect(readAnswer({ text: 'x', languages: [] }, 1).language).toBeNull();
  });

  it('marks what the engine was not sure of', () => {
    const segment = { start: 0, end: 1, text: 'x' };
    const answer = {
      text: 'x x x x',
      segments: [
        { ...segment, avg_logprob: -0.1, no_speech_prob: 0.1 },
        { ...segment, avg_logprob: -1.5, no_speech_prob: 0.1 },
        { ...segment, avg_logprob: -0.1, no_speech_prob: 0.8 },
        { ...segment, avg_logprob: 'unknown', no_speech_prob: null },
      ],
    };
    expect(
      readAnswer(answer, 4).segments.map(({ confidence, lowConfidence, flags }) => [
        confidence,
        lowConfidence,
        flags,
      ]),
    ).toEqual([
      [0.9048, undefined, undefined],
      [0.2231, true, undefined],
      [0.9048, true, ['no-speech']],
      [undefined, undefined, undefined],
    ]);
  });

  it.each([
    [
      'OpenAI',
      { words: [{ word: 'Hello', start: 0.1, end: 0.5 }] },
      [{ text: 'Hello', start: 0.1, end: 0.5 }],
    ],
    [
      'LocalAI',
      { words: [{ text: ' Hello', start: 0.1, end: 0.5 }] },
      [{ text: 'Hello', start: 0.1, end: 0.5 }],
    ],
    [
      'whisper.cpp, which lists tokens',
      {
        segments: [
          {
            ...{ start: 0, end: 1, text: ' Hello harbour!' },
            words: [
              { word: ' Hello', start: 0.1, end: 0.5, probability: 0.98765, t_dtw: -1 },
              { word: ' har', start: 0.5, end: 0.7, probability: 0.9, t_dtw: -1 },
              { word: 'bour', start: 0.7, end: 0.8, probability: 0.8, t_dtw: -1 },
              { word: '!', start: 0.8, end: 0.9, probability: 0.7, t_dtw: -1 },
            ],
          },
        ],
      },
      [
        { text: 'Hello', start: 0.1, end: 0.5, confidence: 0.9877 },
        { text: 'harbour!', start: 0.5, end: 0.9, confidence: 0.9 },
      ],
    ],
    [
      'whisper.cpp in a script without spaces',
      {
        segments: [
          {
            ...{ start: 0, end: 1, text: '你好' },
            words: [
              { word: '你', start: 0, end: 0.5 },
              { word: '好', start: 0.5, end: 1 },
            ],
          },
        ],
      },
      [
        { text: '你', start: 0, end: 0.5 },
        { text: '好', start: 0.5, end: 1 },
      ],
    ],
    ['nobody', {}, undefined],
    ['a server that has none', { words: [], segments: null }, undefined],
    ['a server that says null', { words: null }, undefined],
  ])('reads the words of %s', (_name, given, words) => {
    expect(readAnswer({ text: 'x', ...given }, 1).words).toEqual(words);
  });

  it.each([
    ['no segments', { segments: [] }],
    ['empty segments', { segments: [{ start: 0, end: 1, text: ' ' }] }],
    ['null', { segments: null }],
  ])('loses no text to %s', (_name, given) => {
    expect(readAnswer({ text: ' Hello. ', ...given }, 3).segments).toEqual([
      { start: 0, end: 3, text: 'Hello.' },
    ]);
  });

  it('puts times into the recording', () => {
    const segments = [
      { start: -0.02, end: 1, text: 'a' },
      { start: 0.9, end: 2, text: 'b' },
      { start: 2, end: 1e9, text: 'c' },
    ];
    const words = [{ word: 'a', start: -1, end: 40 }];
    expect(readAnswer({ text: 'a b c', segments, words }, 30)).toEqual({
      language: null,
      segments: [
        { start: 0, end: 0.9, text: 'a' },
        { start: 0.9, end: 2, text: 'b' },
        { start: 2, end: 30, text: 'c' },
      ],
      words: [{ text: 'a', start: 0, end: 30 }],
    });
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a page', '<!doctype html>'],
    ['a number for the text', { text: 1 }],
    ['no text', { segments: [] }],
    ['texts for the times', { text: 'x', segments: [{ start: '0', end: '1', text: 'x' }] }],
    ['segments without times', { text: 'x', segments: [{ text: 'x' }] }],
    ['times beyond all numbers', { text: 'x', segments: [{ start: 0, end: Infinity, text: 'x' }] }],
    ['a word without text', { text: 'x', words: [{ start: 0, end: 1 }] }],
    ['an object for the words', { text: 'x', words: {} }],
  ])('refuses %s', (_name, answer) => {
    expect(() => readAnswer(answer, 1)).toThrow(expect.objectContaining({ code: 'PROVIDER_BAD_ANSWER' }));
  });

  it('gives a transcript that can be kept, or refuses, whatever it is given', () => {
    const number = fc.double();
    const word = fc.record(
      { start: number, end: number, word: fc.string(), probability: number },
      { requiredKeys: ['word'] },
    );
    const segment = fc.record({
      ...{ start: number, end: number, text: fc.string(), avg_logprob: number, no_speech_prob: number },
      words: fc.array(word),
    });
    const answer = fc.record({
      text: fc.oneof(fc.string(), fc.anything()),
      language: fc.oneof(fc.string(), fc.anything()),
      segments: fc.oneof(fc.array(segment), fc.anything()),
      words: fc.oneof(fc.array(word), fc.anything()),
    });
    fc.assert(
      fc.property(
        fc.oneof(answer, fc.anything()),
        fc.double({ min: 0, max: 600, noNaN: true }),
        (given, seconds) => {
          let heard;
          try {
            heard = readAnswer(given, seconds);
          } catch (error) {
            expect(error).toBeInstanceOf(JobFailure);
            return;
          }
          expect(chunkResultSchema.parse(JSON.parse(JSON.stringify(heard)))).toEqual(heard);
          const about = { v: 1, engine: 'openai', model: null, durationSeconds: seconds };
          expect(transcriptSchema.safeParse({ ...about, ...heard }).success).toBe(true);
        },
      ),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { transcriptSchema } from '@clipscribe/contracts';
import { assembleTranscript } from '../src/assemble-transcript.ts';

const about = { engine: 'test', model: null, durationSeconds: 30, stated: undefined };
const hello = (language: string | null) => ({ language, segments: [{ start: 1, end: 2, text: 'Hello.' }] });

describe('assembleTranscript', () => {
  it('counts all times from the beginning of the recording', () => {
    const words = [{ start: 1, end: 1.5, text: 'Hello', confidence: 0.5 }];
    const transcript = assembleTranscript(
      [
        { startSeconds: 0, endSeconds: 10, heard: { ...hello('en'), words } },
        { startSeconds: 10, endSeconds: 20, heard: { ...hello('en'), words } },
      ],
      about,
    );
    expect(transcriptSchema.parse(transcript)).toEqual({
      v: 1,
      engine: 'test',
      model: null,
      language: 'en',
      durationSeconds: 30,
      segments: [
        { start: 1, end: 2, text: 'Hello.' },
        { start: 11, end: 12, text: 'Hello.' },
      ],
      words: [
        { start: 1, end: 1.5, text: 'Hello', confidence: 0.5 },
        { start: 11, end: 11.5, text: 'Hello', confidence: 0.5 },
      ],
    });
  });

  it('has words only where the engine gives some', () => {
    expect(
      assembleTranscript([{ startSeconds: 0, endSeconds: 10, heard: hello('en') }], about),
    ).not.toHaveProperty('words');
    const silent = { language: 'en', segments: [], words: [] };
    expect(assembleTranscript([{ startSeconds: 0, endSeconds: 10, heard: silent }], about).words).toEqual([]);
  });

  it.each([
    ['the stated language before the one that was heard', 'de', ['en', 'en'], 'de'],
    ['the first language that was heard', undefined, [null, 'fr', 'en'], 'fr'],
    ['no language where none was heard', undefined, [null], null],
  ])('takes %s', (_name, stated, heard, language) => {
    const results = heard.map((one, index) => ({
      startSeconds: 10 * index,
      endSeconds: 10 * index + 10,
      heard: hello(one),
    }));
    expect(assembleTranscript(results, { ...about, stated }).language).toBe(language);
  });

  it('marks what was heard where nobody speaks, and leaves it in', () => {
    const segments = [
      { start: 1, end: 2, text: 'Hello.' },
      { start: 4, end: 9, text: 'Thank you for watching.' },
      { start: 9, end: 12, text: 'Partly.', flags: ['repetition'] },
    ];
    const quiet = [{ start: 103, end: 110 }];
    const result = { startSeconds: 100, endSeconds: 115, quiet, heard: { language: 'en', segments } };
    expect(assembleTranscript([result], { ...about, durationSeconds: 200 }).segments).toEqual([
      { start: 101, end: 102, text: 'Hello.' },
      { start: 104, end: 109, text: 'Thank you for watching.', flags: ['no-voice'] },
      { start: 109, end: 112, text: 'Partly.', flags: ['repetition'] },
    ]);
  });

  it('ends nothing after its chunk, and has no times with more than three digits', () => {
    const segments = [{ start: 0.1, end: 11, text: 'Hello.' }];
    const result = { startSeconds: 0.2, endSeconds: 10, heard: { language: 'en', segments } };
    expect(assembleTranscript([result], about).segments).toEqual([{ start: 0.3, end: 10, text: 'Hello.' }]);
  });

  it('is empty where nothing is said', () => {
    expect(assembleTranscript([], { ...about, stated: 'de' })).toMatchObject({
      language: 'de',
      segments: [],
    });
  });
});

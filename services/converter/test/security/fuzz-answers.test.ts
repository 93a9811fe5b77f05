import { expect } from '@jest/globals';
import { JobFailure, transcriptSchema, type Transcript } from '@clipscribe/contracts';
import { damaged, damages, describeChapter, oddText } from '@clipscribe/runtime/testing';
import { transcriptFormatNames, transcriptFormats } from '@clipscribe/transcript';
import fc from 'fast-check';
import { readAnswer } from '../../src/adapters/openai-answer.ts';
import { assembleTranscript } from '../../src/assemble-transcript.ts';
import { chunkResultSchema } from '../../src/chunk-result.ts';
import { parsePocketsphinx } from '../../src/parse-pocketsphinx.ts';
import type { Heard } from '../../src/transcriber.ts';

const seconds = fc.oneof(
  fc.double({ noNaN: true }),
  fc.double({ min: 0, max: 60, noNaN: true }),
  fc.constant(0),
);
const spoken = fc.oneof(
  oddText(4),
  fc.lorem({ maxCount: 6 }),
  fc.constantFrom('-->', '<b>', '&amp;', '\n\n', '1\n00:00:01,000 --> 00:00:02,000'),
);
const odd = fc.oneof(fc.jsonValue({ maxDepth: 1 }), seconds, oddText(2));

function item(text: 'text' | 'word'): fc.Arbitrary<unknown> {
  const shape = { start: fc.oneof(seconds, odd), end: fc.oneof(seconds, odd), [text]: fc.oneof(spoken, odd) };
  const good = { start: seconds, end: seconds, [text]: spoken };
  const marks = { avg_logprob: odd, no_speech_prob: odd, probability: odd };
  const words = fc.array(fc.record({ start: seconds, end: seconds, word: spoken, probability: odd }), {
    maxLength: 3,
  });
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.record(good), fc.record({ ...marks, words }, { requiredKeys: [] }))
        .map(([one, other]) => ({ ...one, ...other })),
    },
    { weight: 1, arbitrary: fc.record({ ...shape, ...marks }, { requiredKeys: [] }) },
    { weight: 1, arbitrary: odd },
  );
}

/** Nearly what the API answers. */
const answer = fc.record(
  {
    text: fc.oneof({ weight: 8, arbitrary: spoken }, { weight: 1, arbitrary: odd }),
    language: fc.oneof(fc.constantFrom('en', 'english', 'xx', null), odd),
    languages: fc.constantFrom([{ code: 'de' }], [], null, [{}]),
    segments: fc.oneof(
      { weight: 6, arbitrary: fc.array(item('text'), { maxLength: 4 }) },
      { weight: 1, arbitrary: odd },
    ),
    words: fc.oneof(
      { weight: 6, arbitrary: fc.array(item('word'), { maxLength: 4 }) },
      { weight: 1, arbitrary: odd },
    ),
  },
  { requiredKeys: ['text'] },
);
const duration = fc.double({ min: 0.1, max: 600, noNaN: true });

/** The answer as it comes over the wire; null when it is said to be none. */
function heardOf(body: unknown, durationSeconds: number): Heard | null {
  try {
    return readAnswer(body, durationSeconds);
  } catch (error) {
    expect(error).toBeInstanceOf(JobFailure);
    expect(error).toMatchObject({ code: 'PROVIDER_BAD_ANSWER' });
    return null;
  }
}

function expectOrder(items: readonly { start: number; end: number }[], durationSeconds: number): void {
  let earliest = 0;
  for (const { start, end } of items) {
    expect(start >= earliest && end >= start && end <= durationSeconds).toBe(true);
    earliest = end;
  }
}

/** It can be written, read again as a checkpoint, and be put together to a transcript in order. */
function expectUsable(heard: Heard, durationSeconds: number): Transcript {
  const kept = chunkResultSchema.parse(JSON.parse(JSON.stringify(heard)));
  const { language, segments, words } = kept;
  const about = { engine: 'test', model: null, durationSeconds, stated: undefined };
  const again = { language, segments, ...(words === undefined ? {} : { words }) };
  const transcript = assembleTranscript(
    [{ startSeconds: 0, endSeconds: durationSeconds, heard: again }],
    about,
  );
  expect(transcriptSchema.parse(JSON.parse(JSON.stringify(transcript)))).toEqual(transcript);
  expectOrder(transcript.segments, durationSeconds);
  expectOrder(transcript.words ?? [], durationSeconds);
  return transcript;
}

const isTiming = (line: string): boolean => /^[\d:.,]+ --> [\d:.,]+/.test(line);

/** What is heard cannot pass for anything else in a file of subtitles. */
function expectPlainFiles(transcript: Transcript): void {
  for (const name of transcriptFormatNames) {
    const file = [...transcriptFormats[name].render(transcript)].join('');
    // eslint-disable-next-line no-control-regex -- those that terminals and players obey
    if (name !== 'json') expect(file).not.toMatch(/[\0-\x08\x0b-\x1f\x7f]/);
    if (name !== 'srt' && name !== 'vtt') continue;
    const blocks = file.split('\n\n').filter((block) => block.trim() !== '' && block.trim() !== 'WEBVTT');
    for (const block of blocks) {
      const lines = block.trim().split('\n');
      expect(lines.filter(isTiming)).toHaveLength(1);
      expect(lines.filter((line) => line.includes('-->'))).toHaveLength(1);
      if (name === 'vtt') expect(lines.filter((line) => !isTiming(line)).join('')).not.toMatch(/</);
    }
  }
}

const sphinxWord = fc
  .tuple(
    fc.oneof(fc.constantFrom('hello', 'the(2)', '<sil>', '[NOISE]', '++'), oddText(2)),
    seconds,
    seconds,
    seconds,
  )
  .map(([word, ...times]) => `${word} ${times.map((time) => Math.abs(time).toFixed(3)).join(' ')}`);
const sphinxLine = fc.oneof(
  sphinxWord,
  fc.constantFrom(
    'hello the world',
    '',
    'INFO: x',
    `a ${'9'.repeat(400)}.0 1.0 0.5`,
    'a 3.0 1.0 0.5',
    'a -1.0 2.0 0.5',
  ),
  oddText(),
);

describeChapter(import.meta.dirname, 'answers', (forAll) => {
  forAll(3500, {
    claim: 'an answer of a speech service is a transcript within its recording, or PROVIDER_BAD_ANSWER',
    values: fc.record({ body: answer, durationSeconds: duration }),
    holds: ({ body, durationSeconds }) => {
      const heard = heardOf(JSON.parse(JSON.stringify(body)), durationSeconds);
      if (heard === null) return;
      expectOrder(heard.segments, durationSeconds);
      expectOrder(heard.words ?? [], durationSeconds);
      expectUsable(heard, durationSeconds);
    },
  });

  forAll(1500, {
    claim: 'damaged and foreign JSON is a transcript or PROVIDER_BAD_ANSWER',
    values: fc.record({
      body: fc.oneof(answer, fc.jsonValue()),
      done: damages('1e999', '-', '"', 'null', '[', '{'),
      durationSeconds: duration,
    }),
    holds: ({ body, done, durationSeconds }) => {
      const text = damaged(Buffer.from(JSON.stringify(body)), done).toString('utf8');
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch {
        return; // the client itself says so
      }
      const heard = heardOf(value, durationSeconds);
      if (heard !== null) expectUsable(heard, durationSeconds);
    },
  });

  forAll(3000, {
    claim: 'whatever the offline engine writes is a transcript within its recording',
    values: fc.record({
      lines: fc.array(sphinxLine, { maxLength: 12 }),
      begin: fc.double({ min: 0, max: 3, noNaN: true }),
      durationSeconds: duration,
    }),
    holds: ({ lines, begin, durationSeconds }) => {
      const heard = { language: 'en', ...parsePocketsphinx(lines.join('\n'), begin) };
      for (const { start, text } of [...heard.segments, ...heard.words]) {
        expect(start).toBeGreaterThanOrEqual(0);
        expect(text).not.toBe('');
      }
      expectUsable(heard, durationSeconds);
    },
  });

  forAll(1000, {
    claim: 'words of the offline engine come back with their times',
    values: fc.array(fc.record({ word: fc.stringMatching(/^[a-z']{1,12}$/), ms: fc.nat(5000) }), {
      maxLength: 20,
    }),
    holds: (words) => {
      let now = 0;
      const expected = words.map(({ word, ms }) => ({
        text: word,
        start: now / 1000,
        end: (now += ms) / 1000,
        confidence: 0.5,
      }));
      const lines = expected.map(
        ({ text, start, end }) => `${text} ${start.toFixed(3)} ${end.toFixed(3)} 0.500000`,
      );
      expect(parsePocketsphinx(['said', ...lines, ''].join('\n')).words).toEqual(expected);
    },
  });

  forAll(1000, {
    claim: 'what was heard passes for nothing else in any file that is downloaded',
    values: fc.record({ body: answer, durationSeconds: fc.double({ min: 5, max: 60, noNaN: true }) }),
    holds: ({ body, durationSeconds }) => {
      const heard = heardOf(JSON.parse(JSON.stringify(body)), durationSeconds);
      if (heard !== null) expectPlainFiles(expectUsable(heard, durationSeconds));
    },
  });
});

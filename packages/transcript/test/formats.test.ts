import { describe, expect, it } from '@jest/globals';
import type { Transcript } from '@clipscribe/contracts';
import { transcriptFormatNames, transcriptFormats, type TranscriptFormatName } from '@clipscribe/transcript';
import { said, transcriptOf } from './transcripts.ts';

const render = (transcript: Transcript, format: TranscriptFormatName): string =>
  [...transcriptFormats[format].render(transcript)].join('');

const talk: Transcript = {
  ...transcriptOf([
    { start: 0, end: 2, text: ' Hello there. ', confidence: 0.9 },
    { start: 2, end: 3, text: ' ' },
    { start: 4.5, end: 6.25, text: 'Grüße\taus\nKöln.', lowConfidence: true, flags: ['repetition'] },
  ]),
  words: [{ start: 0.25, end: 0.75, text: 'Hello', confidence: 0.5 }],
};

describe('a transcript', () => {
  it('as txt: a line a segment', () => {
    expect(render(talk, 'txt')).toBe('Hello there.\nGrüße aus Köln.\n');
  });

  it('as tsv: a row a segment, in milliseconds', () => {
    expect(render(talk, 'tsv')).toBe(
      'start\tend\ttext\n0\t2000\tHello there.\n4500\t6250\tGrüße aus Köln.\n',
    );
  });

  it('as srt: numbered cues', () => {
    expect(render(talk, 'srt')).toBe(
      '1\n00:00:00,250 --> 00:00:02,000\nHello there.\n\n2\n00:00:04,500 --> 00:00:06,250\nGrüße aus Köln.\n\n',
    );
  });

  it('as vtt: a header and cues', () => {
    expect(render(talk, 'vtt')).toBe(
      'WEBVTT\n\n00:00:00.250 --> 00:00:02.000\nHello there.\n\n00:00:04.500 --> 00:00:06.250\nGrüße aus Köln.\n\n',
    );
  });

  it('as json: as it is kept, a line for each segment and each word', () => {
    const json = render(talk, 'json');
    expect(JSON.parse(json)).toEqual(talk);
    expect(json).toContain('\n    {"start":0.25,"end":0.75,"text":"Hello","confidence":0.5}\n  ]\n}\n');
    expect(json.split('\n')).toHaveLength(16);
  });
});

describe('a recording without speech', () => {
  it.each([
    ['txt', ''],
    ['srt', ''],
    ['vtt', 'WEBVTT\n\n'],
    ['tsv', 'start\tend\ttext\n'],
  ] as const)('as %s', (format, file) => {
    expect(render(transcriptOf([], undefined, 60), format)).toBe(file);
    expect(render(transcriptOf([{ start: 0, end: 1, text: ' \u200b\n' }], []), format)).toBe(file);
  });

  it('as json', () => {
    const transcript = transcriptOf([], [], 60);
    expect(JSON.parse(render(transcript, 'json'))).toEqual(transcript);
  });
});

describe('what a format could mistake', () => {
  const hostile = 'a <b>bold</b> & {\\an8}x --> 00:00 ---> \0\u001b[1m end';

  it('is escaped in vtt', () => {
    expect(render(said(hostile, 5), 'vtt')).toContain(
      '\na &lt;b&gt;bold&lt;/b&gt; &amp; {\\an8}x\n--&gt; 00:00 ---&gt; [1m end\n',
    );
  });

  it('is taken apart in srt, which has no escapes', () => {
    expect(render(said(hostile, 5), 'srt')).toContain(
      '\na <\u2060b>bold<\u2060/b> & {\u2060\\an8}x\n-> 00:00 -> [1m end\n',
    );
  });

  it('ends no line in txt and tsv', () => {
    const text = 'one\r\ntwo\u2028three\u2029four\u0085five\tsix\u000bseven';
    expect(render(said(text, 5), 'txt')).toBe('one two three four five six seven\n');
    expect(render(said(text, 5), 'tsv')).toBe(
      'start\tend\ttext\n0\t5000\tone two three four five six seven\n',
    );
  });

  it('is left as it is in json', () => {
    const transcript = said(`${hostile}\n\u2028`, 5);
    expect(JSON.parse(render(transcript, 'json'))).toEqual(transcript);
  });
});

describe('times', () => {
  it.each([
    [0, '00:00:00'],
    [59.9994, '00:00:59'],
    [59.9996, '00:01:00'],
    [3599, '00:59:59'],
    [45_296, '12:34:56'],
    [360_000, '100:00:00'],
    [3_600_000, '1000:00:00'],
  ])('%d s', (start, clock) => {
    const transcript = transcriptOf([{ start, end: start + 2, text: 'Here.' }]);
    const ms = String(Math.round(start * 1000) % 1000).padStart(3, '0');
    expect(render(transcript, 'vtt')).toContain(`\n${clock}.${ms} --> `);
    expect(render(transcript, 'srt')).toContain(`\n${clock},${ms} --> `);
    expect(render(transcript, 'tsv')).toContain(`\n${String(Math.round(start * 1000))}\t`);
  });
});

describe('the table of formats', () => {
  it('has a media type for each, and plain text for those who ask for none', () => {
    expect(transcriptFormatNames).toEqual(['txt', 'srt', 'vtt', 'json', 'tsv']);
    const types = transcriptFormatNames.map((name) => transcriptFormats[name].contentType);
    expect(new Set(types).size).toBe(types.length);
    for (const type of types) expect(type).toMatch(/^(text|application)\/[a-z.-]+$/);
  });

  it('renders in pieces, so that a long transcript holds nobody up', () => {
    const segments = Array.from({ length: 500 }, (_, index) => ({
      start: index * 10,
      end: index * 10 + 2,
      text: `Sentence number ${String(index)}.`,
    }));
    for (const name of transcriptFormatNames) {
      expect([...transcriptFormats[name].render(transcriptOf(segments))].length).toBeGreaterThanOrEqual(500);
    }
  });
});

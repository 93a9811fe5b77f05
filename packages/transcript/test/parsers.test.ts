import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import type { Transcript } from '@clipscribe/contracts';
import { cuesOf, transcriptFormats, type TranscriptFormatName } from '@clipscribe/transcript';
import { parse as parseCsv } from 'csv-parse/sync';
import fc from 'fast-check';
import srtParser from 'srt-parser-2';
import { WebVTTParser, type Entity, type TreeNode } from 'webvtt-parser';
import { throughFfmpeg } from './run-ffmpeg.ts';
import { awkwardTranscripts, samples, speech, transcriptOf } from './transcripts.ts';

const render = (transcript: Transcript, format: TranscriptFormatName): string =>
  [...transcriptFormats[format].render(transcript)].join('');

/** A cue as a parser sees it. */
interface Shown {
  startMs: number;
  endMs: number;
  text: string;
}

const shown = (startSeconds: number, endSeconds: number, text: string): Shown => ({
  startMs: Math.round(startSeconds * 1000),
  endMs: Math.round(endSeconds * 1000),
  text,
});

/** What should be read. */
function ownCues(transcript: Transcript): Shown[] {
  return [...cuesOf(transcript)].map(({ lines, ...span }) => ({ ...span, text: lines.join('\n') }));
}

// The file that the parser's documentation tells to give it: without, it knows no `;` after an entity.
const entities = createRequire(import.meta.url)('webvtt-parser/html-entities.json') as Record<Entity, string>;

/** Reads WebVTT with the parser of those who wrote the standard, which also checks its grammar. */
function readVtt(file: string): Shown[] {
  const { cues, errors } = new WebVTTParser(entities).parse(file, 'captions');
  expect(errors).toEqual([]);
  return cues.map(({ startTime, endTime, tree }) =>
    shown(startTime, endTime, tree.children.map(textOfNode).join('')),
  );
}

function textOfNode(node: TreeNode): string {
  if (node.type !== 'text') throw new Error(`there is a ${node.type} in the cue`);
  return node.value;
}

function readSrt(file: string): Shown[] {
  const lines = new srtParser().fromSrt(file);
  expect(lines.map(({ id }) => id)).toEqual(lines.map((_, index) => String(index + 1)));
  return lines.map(({ startSeconds, endSeconds, text }) => shown(startSeconds, endSeconds, text));
}

/** SubRip has no escapes: see there. */
const withoutMarkup = (text: string): string => text.replaceAll('\u2060', '').replace(/-{2,}>/g, '->');
const plain = (cues: Shown[]): Shown[] => cues.map((cue) => ({ ...cue, text: withoutMarkup(cue.text) }));

/** One transcript of all samples, one after the other. */
function allSamples(): Transcript {
  let start = 0;
  const segments = Object.values(samples).map(({ text, seconds }) => {
    const segment = { start, end: start + seconds, text };
    start += seconds + 1;
    return segment;
  });
  return transcriptOf(segments);
}

/** These parsers trim the text and know hours of two digits only. */
const readable = awkwardTranscripts.filter((transcript) =>
  ownCues(transcript).every(({ endMs, text }) => endMs < 360_000_000 && text === text.trim()),
);

describe('WebVTT', () => {
  it('is valid, and says what we say, whatever the text', () => {
    fc.assert(
      fc.property(awkwardTranscripts, (transcript) => {
        expect(readVtt(render(transcript, 'vtt'))).toEqual(ownCues(transcript));
      }),
    );
  });

  it('is valid for speech, for every sample of scripts, and without any', () => {
    fc.assert(
      fc.property(speech, (transcript) => {
        expect(readVtt(render(transcript, 'vtt'))).toEqual(ownCues(transcript));
      }),
      { numRuns: 20 },
    );
    expect(readVtt(render(allSamples(), 'vtt'))).toEqual(ownCues(allSamples()));
    expect(readVtt(render(transcriptOf([]), 'vtt'))).toEqual([]);
  });

  it('is read by ffmpeg', async () => {
    const read = readSrt(await throughFfmpeg(render(allSamples(), 'vtt'), 'vtt'));
    expect(read).toEqual(ownCues(allSamples()));
  });
});

describe('SubRip', () => {
  it('is read by another parser, whatever the text', () => {
    fc.assert(
      fc.property(readable, (transcript) => {
        expect(plain(readSrt(render(transcript, 'srt')))).toEqual(plain(ownCues(transcript)));
      }),
    );
  });

  it('is read by another parser for every sample of scripts, and without any', () => {
    expect(readSrt(render(allSamples(), 'srt'))).toEqual(ownCues(allSamples()));
    expect(readSrt(render(transcriptOf([]), 'srt'))).toEqual([]);
  });

  it('is read by ffmpeg', async () => {
    const read = readSrt(await throughFfmpeg(render(allSamples(), 'srt'), 'srt'));
    expect(read).toEqual(ownCues(allSamples()));
  });

  it('shows in ffmpeg what looks like markup', async () => {
    const transcript = transcriptOf([{ start: 0, end: 4, text: 'say <b>bold</b> and <i>, a < b {\\an8}' }]);
    const [cue] = readSrt(await throughFfmpeg(render(transcript, 'srt'), 'srt'));
    expect(withoutMarkup(cue?.text ?? '').replace('\n', ' ')).toBe('say <b>bold</b> and <i>, a < b {\\an8}');
  });
});

describe('tab-separated values', () => {
  it('are a table of three columns, whatever the text', () => {
    fc.assert(
      fc.property(awkwardTranscripts, (transcript) => {
        const options = { delimiter: '\t', quote: false, columns: true, record_delimiter: '\n' } as const;
        const rows = parseCsv<Record<string, string>>(render(transcript, 'tsv'), options);
        const lines = render(transcript, 'txt').split('\n').slice(0, -1);
        expect(rows.map((row) => row['text'])).toEqual(lines);
        for (const row of rows) {
          expect(Object.keys(row)).toEqual(['start', 'end', 'text']);
          expect(Number(row['end'])).toBeGreaterThanOrEqual(Number(row['start']));
        }
      }),
    );
  });
});

describe('json', () => {
  it('is the transcript, whatever the text', () => {
    fc.assert(
      fc.property(awkwardTranscripts, (transcript) => {
        expect(JSON.parse(render(transcript, 'json'))).toEqual(transcript);
      }),
    );
  });
});

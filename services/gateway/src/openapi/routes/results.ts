import { idSchema, transcriptSchema, type ProblemCode } from '@clipscribe/contracts';
import { transcriptFormatNames, transcriptFormats } from '@clipscribe/transcript';
import { z } from 'zod';
import type { ZodOpenApiMediaTypeObject, ZodOpenApiResponseObject } from 'zod-openapi';
import { jobPath, noStore } from '../common.ts';
import { exampleTranscript } from '../examples.ts';
import { json, type RouteDocs } from '../route-doc.ts';

const tag = 'Results';
const access = 'files';

/** Of conditional requests and ranges: RFC 9110, sections 13 and 14. */
const headers = z.object({
  Range: z.string().optional().describe('One range of bytes, such as `bytes=0-1023`.'),
  'If-Range': z.string().optional().describe('The `ETag` or `Last-Modified` for which the range is meant.'),
  'If-None-Match': z.string().optional().describe('The `ETag` that you have.'),
  'If-Modified-Since': z.string().optional().describe('The `Last-Modified` that you have.'),
});
const negotiated = headers.extend({
  Accept: z.string().optional().describe('Instead of `format`: one of the media types.'),
});
const validators = z.object({
  ETag: z.string(),
  'Last-Modified': z.string(),
  'Cache-Control': z.literal('private, no-cache'),
});
const wholeHeaders = validators.extend({
  'Content-Disposition': z.string().describe('`attachment`, with the name to save it under.'),
  'Accept-Ranges': z.literal('bytes'),
});

type Content = Record<string, ZodOpenApiMediaTypeObject>;

const binary = (example: string): ZodOpenApiMediaTypeObject => ({
  schema: { type: 'string', format: 'binary' },
  example,
});
const mp3: Content = { 'audio/mpeg': binary('the bytes of the MP3') };

const SAID = 'The quick brown fox jumps over the lazy dog.';
const cue = (mark: string): string => `00:00:00${mark}210 --> 00:00:03${mark}400\n${SAID}\n`;
const rendered: Record<Exclude<keyof typeof transcriptFormats, 'json'>, string> = {
  txt: `${SAID}\n`,
  srt: `1\n${cue(',')}`,
  vtt: `WEBVTT\n\n${cue('.')}`,
  tsv: `start\tend\ttext\n210\t3400\t${SAID}\n`,
};
const text = (example: string): ZodOpenApiMediaTypeObject => ({ schema: { type: 'string' }, example });
/** Every form of a transcript by its media type. */
const transcripts: Content = {
  ...Object.fromEntries(
    Object.entries(rendered).map(([name, example]) => [
      transcriptFormats[name as keyof typeof rendered].contentType, // a key of that very table
      text(example),
    ]),
  ),
  [transcriptFormats.json.contentType]: json(transcriptSchema, exampleTranscript),
};
/** Of a part nothing can be said but that it is text. */
const parts = (content: Content): Content =>
  Object.fromEntries(
    Object.entries(content).map(([type, media]) => [
      type,
      type.includes('json') ? text('{\n  "v": 1') : media,
    ]),
  );

function downloads(content: Content): Record<number, ZodOpenApiResponseObject> {
  return {
    200: { description: 'The whole file.', headers: wholeHeaders, content },
    206: {
      description: 'The range of it.',
      headers: wholeHeaders.extend({ 'Content-Range': z.string() }),
      content: parts(content),
    },
    304: { description: 'You have it.', headers: validators },
  };
}

const missing: readonly ProblemCode[] = [
  ...(['NOT_FOUND', 'NOT_READY', 'NOT_AVAILABLE', 'RESULT_EXPIRED', 'RANGE_NOT_SATISFIABLE'] as const),
];
const unknownFormat: readonly ProblemCode[] = ['UNKNOWN_FORMAT', 'NOT_ACCEPTABLE', 'INVALID_INPUT'];
const format = z.object({
  format: z
    .enum(transcriptFormatNames)
    .optional()
    .describe('Plain text when neither this nor `Accept` says.'),
});

export const resultDocs: RouteDocs = {
  'POST /jobs/:id/media-cookie': {
    ...{ id: 'setMediaCookie', tag, access: 'token', path: jobPath },
    summary: 'A cookie for the players and downloads of a browser',
    description:
      'For an hour the MP3 and the transcripts of this one job need no `Authorization`. It is your token: what revokes that ends the cookie as well.',
    answers: {
      204: {
        description: 'The cookie.',
        headers: noStore.extend({
          'Set-Cookie': z.string().describe('`HttpOnly`, `SameSite=Strict`, for this job alone.'),
        }),
      },
    },
    problems: ['NOT_FOUND'],
  },
  'GET /jobs/:id/audio': {
    ...{ id: 'getAudio', tag, access, path: jobPath, headers, summary: 'The MP3' },
    answers: downloads(mp3),
    problems: missing,
  },
  'GET /jobs/:id/transcript': {
    ...{ id: 'getTranscript', tag, access, path: jobPath, query: format, headers: negotiated },
    summary: 'The newest transcript that is done',
    answers: downloads(transcripts),
    problems: [...missing, ...unknownFormat],
  },
  'GET /jobs/:id/transcripts/:version': {
    ...{ id: 'getTranscriptVersion', tag, access, query: format, headers: negotiated },
    path: jobPath.extend({ version: z.coerce.number().int().min(1).describe('From 1, the first one.') }),
    summary: 'One version of the transcript',
    answers: downloads(transcripts),
    problems: [...missing, ...unknownFormat],
  },
  'GET /download': {
    ...{ id: 'download', tag, access: 'token', headers: negotiated, summary: 'A file by its id' },
    description: 'An MP3, an uploaded file, or a transcript in the format asked for.',
    query: format.extend({ fid: idSchema.describe('A `fileId` of one of your jobs.') }),
    answers: downloads({
      ...mp3,
      'application/octet-stream': binary('the bytes of the uploaded file'),
      ...transcripts,
    }),
    problems: ['NOT_FOUND', 'RANGE_NOT_SATISFIABLE', ...unknownFormat],
  },
};

import { jobViewSchema, transcriptListSchema, transcriptOptionsSchema } from '@clipscribe/contracts';
import { idempotencyKey, jobPath as path, jsonProblems, location, quotaProblems } from '../common.ts';
import { exampleVersion, queuedJob } from '../examples.ts';
import { answer, type RouteDocs } from '../route-doc.ts';

const options = transcriptOptionsSchema.meta({ id: 'TranscriptOptions' });
const tag = 'Results';
const access = 'token';
const wanted = { schema: options, example: { language: 'de' } };

export const transcriptDocs: RouteDocs = {
  'GET /jobs/:id/transcripts': {
    ...{ id: 'listTranscripts', tag, access, path, summary: 'All versions of the transcript, newest first' },
    answers: { 200: answer('The versions.', transcriptListSchema, { transcripts: [exampleVersion] }) },
    problems: ['NOT_FOUND'],
  },
  'POST /jobs/:id/transcripts': {
    ...{ id: 'transcribeAgain', tag, access, path, headers: idempotencyKey },
    summary: 'Transcribe the recording once more',
    description: 'With another language or prompt. The versions that are there stay.',
    body: {
      required: false,
      content: {
        'application/json': wanted,
        'application/x-www-form-urlencoded': wanted,
        'multipart/form-data': wanted,
      },
    },
    answers: { 202: answer('The job, in its next run.', jobViewSchema, { ...queuedJob, run: 2 }, location) },
    problems: [
      ...(['NOT_FOUND', 'INVALID_OPTION', 'INVALID_MULTIPART', 'TOO_MANY_FILES', 'TOO_MANY_FIELDS'] as const),
      ...([
        'UPLOAD_STALLED',
        'NOT_READY',
        'NOT_TRANSCRIBABLE',
        'TOO_MANY_VERSIONS',
        'SOURCE_EXPIRED',
      ] as const),
      'IDEMPOTENCY_KEY_REUSED',
      ...jsonProblems,
      ...quotaProblems,
    ],
  },
};

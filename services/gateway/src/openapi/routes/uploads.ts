import { uploadAnswerSchema, uploadOptionsSchema } from '@clipscribe/contracts';
import { z } from 'zod';
import { idempotencyKey, location, quotaProblems } from '../common.ts';
import { queuedJob } from '../examples.ts';
import { answer, type RouteDocs } from '../route-doc.ts';

const file = z
  .array(z.string().meta({ format: 'binary' }))
  .min(1)
  .describe('The recordings. Any name of a part that has a file name will do.');

const form = uploadOptionsSchema.extend({ file }).meta({ id: 'Upload' });

export const uploadDocs: RouteDocs = {
  'POST /upload': {
    ...{ id: 'upload', tag: 'Uploads', access: 'token', summary: 'Upload one or more recordings' },
    description:
      'The options count for all files of the upload; an empty one counts as left out. The answer comes when all files are safe.',
    headers: idempotencyKey,
    body: {
      required: true,
      content: {
        'multipart/form-data': {
          schema: form,
          encoding: { file: { contentType: 'application/octet-stream, video/*, audio/*' } },
          example: { file: ['talk.mp4'], language: 'en', quality: 'V2' },
        },
      },
    },
    answers: {
      202: answer(
        'The jobs, in the order of the files.',
        uploadAnswerSchema,
        { jobs: [queuedJob] },
        location,
      ),
    },
    problems: [
      ...(['INVALID_INPUT', 'INVALID_OPTION', 'INVALID_MULTIPART', 'NO_FILE', 'TOO_MANY_FILES'] as const),
      ...(['TOO_MANY_FIELDS', 'UPLOAD_STALLED', 'TOO_LARGE', 'UNSUPPORTED_TYPE', 'EMPTY_FILE'] as const),
      ...(['IDEMPOTENCY_KEY_REUSED'] as const),
      ...quotaProblems,
    ],
  },
};

import { idSchema, type ProblemCode } from '@clipscribe/contracts';
import { z } from 'zod';
import type { ZodOpenApiRequestBodyObject } from 'zod-openapi';
import { quotaProblems } from '../common.ts';
import { exampleId } from '../examples.ts';
import { type RouteDocs } from '../route-doc.ts';

const tag = 'Resumable uploads';
const access = 'token';
const path = z.object({ id: idSchema.describe('Of one of your uploads: the last part of its `Location`.') });
const count = (what: string): z.ZodCoercedNumber => z.coerce.number().int().min(0).describe(what);

/** Not a literal: generators of clients leave out whatever has a `const` among its headers. */
const version = z.object({ 'Tus-Resumable': z.enum(['1.0.0']) });
const checksum = {
  'Upload-Checksum': z
    .string()
    .regex(/^(sha1 [A-Za-z0-9+/]{27}=|sha256 [A-Za-z0-9+/]{43}=|sha512 [A-Za-z0-9+/]{86}==)$/)
    .optional()
    .describe('`sha1`, `sha256` or `sha512`, a space, and the digest of this body as base64.'),
};
const offset = { 'Upload-Offset': count('How many bytes are there.') };
const told = {
  'Upload-Expires': z.string().optional().describe('Until when somebody has to go on; absent of a job.'),
  'Clipscribe-Job': idSchema.optional().describe('The job that it has become, with its last byte.'),
};
const standing = version.extend({
  ...offset,
  'Upload-Length': count('Of the whole file.'),
  'Upload-Metadata': z.string().optional().describe('As it was sent.'),
  ...told,
});
const bytes: ZodOpenApiRequestBodyObject['content'] = {
  'application/offset+octet-stream': { schema: { type: 'string', format: 'binary' }, example: 'the bytes' },
};

const problems: readonly ProblemCode[] = ['TUS_VERSION', 'NOT_FOUND', 'UPLOAD_LOCKED'];
const bodyProblems: readonly ProblemCode[] = [
  ...(['INVALID_INPUT', 'INVALID_CHECKSUM', 'CHECKSUM_MISMATCH', 'TOO_LARGE', 'UNSUPPORTED_TYPE'] as const),
  ...(['UPLOAD_STALLED', 'STORAGE_FULL', 'BUSY', 'BAD_REQUEST'] as const),
];
const patchProblems: readonly ProblemCode[] = [
  ...(['OFFSET_MISMATCH', 'UPLOAD_EXPIRED', ...problems, ...bodyProblems] as const),
];

const abilities = {
  summary: 'What the server can do of tus',
  answers: {
    204: {
      description: 'In its headers.',
      headers: version.extend({
        'Tus-Version': z.string(),
        'Tus-Extension': z.string(),
        'Tus-Max-Size': count('Bytes of one upload.'),
        'Tus-Checksum-Algorithm': z.string(),
      }),
    },
  },
};

export const resumableDocs: RouteDocs = {
  'POST /uploads': {
    ...{ id: 'beginUpload', tag, access, summary: 'Begin an upload' },
    description: 'With its first bytes, when there is a body. The upload is at `Location`.',
    headers: version.extend({
      'Upload-Length': count('Bytes of the whole file.').min(1),
      'Upload-Metadata': z
        .string()
        .max(8000)
        .optional()
        .describe(
          'Pairs of a name and a base64 value, separated by commas: `filename`, and the options of `POST /upload`.',
        ),
      ...checksum,
    }),
    body: { required: false, content: bytes },
    answers: {
      201: {
        description: 'It has begun.',
        headers: version.extend({
          Location: z.string().meta({ description: 'Where to go on.', examples: [`/uploads/${exampleId}`] }),
          'Upload-Offset': count('How many bytes are there, when some came.').optional(),
          ...told,
        }),
      },
    },
    problems: [
      ...(['INVALID_METADATA', 'INVALID_OPTION', 'EMPTY_FILE', ...problems, ...bodyProblems] as const),
      ...quotaProblems,
    ],
  },
  'HEAD /uploads/:id': {
    ...{ id: 'lookAtUpload', tag, access, path, summary: 'Where an upload stands' },
    description: 'While that cannot be told, because a service is away, the answer is 423 as well.',
    headers: version,
    answers: { 200: { description: 'Where it stands.', headers: standing } },
    problems: [...problems, 'UPLOAD_EXPIRED'],
  },
  'PATCH /uploads/:id': {
    ...{ id: 'continueUpload', tag, access, path, summary: 'Go on with an upload' },
    headers: version.extend({ ...offset, ...checksum }),
    body: { required: true, content: bytes },
    answers: { 204: { description: 'The bytes are safe.', headers: version.extend({ ...offset, ...told }) } },
    problems: patchProblems,
  },
  'DELETE /uploads/:id': {
    ...{ id: 'giveUpUpload', tag, access, path, summary: 'Give up an upload' },
    headers: version,
    answers: { 204: { description: 'It is gone.', headers: version } },
    problems: [...problems, 'UPLOAD_FINISHED', 'UPLOAD_EXPIRED', 'BAD_REQUEST'],
  },
  'POST /uploads/:id': {
    ...{
      id: 'uploadByPost',
      tag,
      access,
      path,
      summary: 'PATCH, HEAD or DELETE for those who can only POST',
    },
    headers: version.extend({
      'X-HTTP-Method-Override': z.enum(['PATCH', 'HEAD', 'DELETE']),
      ...checksum,
      'Upload-Offset': offset['Upload-Offset'].optional().describe('For PATCH: where it goes on.'),
    }),
    body: { required: false, content: bytes },
    answers: {
      200: { description: 'As of HEAD.', headers: standing },
      204: {
        description: 'As of PATCH or DELETE.',
        headers: version.extend({ 'Upload-Offset': offset['Upload-Offset'].optional(), ...told }),
      },
    },
    problems: [...patchProblems, 'UPLOAD_FINISHED', 'METHOD_NOT_ALLOWED'],
  },
  'OPTIONS /uploads': { id: 'uploadAbilities', tag, access: 'all', ...abilities },
  'OPTIONS /uploads/:id': { id: 'oneUploadAbilities', tag, access: 'all', path, ...abilities },
};

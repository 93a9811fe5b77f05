import { z } from 'zod';
import { languageSchema } from './parse-language.ts';
import { plainText } from './plain-text.ts';
import { webhookUrlSchema } from './webhooks.ts';

/** MP3 qualities: `V0`…`V9` are LAME's variable bit rates (V0 best), the others constant bit rates. */
export const qualities = [
  ...(['V0', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6', 'V7', 'V8', 'V9'] as const),
  ...(['96k', '128k', '160k', '192k', '256k', '320k'] as const),
] as const;

export type Quality = (typeof qualities)[number];

const flags: Record<string, boolean> = {
  true: true,
  yes: true,
  on: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  '0': false,
};

const flag = z.preprocess(
  (value) => (typeof value === 'string' ? (flags[value.trim().toLowerCase()] ?? value) : value),
  z.boolean({ error: 'must be true or false' }),
);

const quality = z.preprocess(
  (value) =>
    typeof value === 'string'
      ? (qualities.find((known) => known.toLowerCase() === value.trim().toLowerCase()) ?? value)
      : value,
  z.enum(qualities, { error: `must be one of ${qualities.join(', ')}` }),
);

/** The option fields of an upload, as typed into a form or after `curl -F`. Empty fields count as absent. */
export const uploadOptionsSchema = z.strictObject({
  transcript: flag.default(true).describe('Whether there is to be a transcript; yes when left out.'),
  language: languageSchema
    .optional()
    .describe(
      'Such as `en`, `en-US`, `eng` or `English`; stored as its code. The engine detects it when absent.',
    ),
  prompt: plainText(1000).optional().describe('Words to expect, for engines that take a prompt.'),
  quality: quality
    .default('V2')
    .describe(
      'Of the MP3: V0 (best) to V9 are variable bit rates, the others constant ones. V2 when left out.',
    ),
  title: plainText(200).optional().describe('Title tag of the MP3; the name of the file when absent.'),
  webhook: webhookUrlSchema
    .optional()
    .describe('Called when the job has ended, signed with the secret of your uploads.'),
});

export type UploadOptions = z.infer<typeof uploadOptionsSchema>;

/** What may be said of a new version of the transcript; what is left out is not set. */
export const transcriptOptionsSchema = uploadOptionsSchema.pick({ language: true, prompt: true });

export type TranscriptOptions = z.infer<typeof transcriptOptionsSchema>;

import { z } from 'zod';
import { failures } from './failures.ts';
import { idSchema } from './ids.ts';
import { timeSchema } from './time-schema.ts';
import { stageStates, visibleStates } from './job.ts';
import { qualities } from './options.ts';
import { plainText } from './plain-text.ts';

const failure = z
  .object({
    // No enum: a client that reads today's codes must not fall over tomorrow's.
    code: z.string().meta({
      description: 'Stable; there may be more of them one day.',
      'x-known-values': Object.keys(failures),
    }),
    reason: z.string().describe('One or two sentences: what happened, and what to do.'),
  })
  .meta({ id: 'Failure', description: 'Why a job, or a part of it, ended badly.' });

const stage = {
  state: z.enum(stageStates),
  progress: z.number().min(0).max(1).describe('0 to 1, by the position in the recording.'),
  error: failure.optional(),
};
const bytes = z.int().min(0);
const expiredAt = timeSchema
  .optional()
  .describe('When its file was removed, because it had been kept for its time.');
const language = z.string().optional();
const finishedAt = timeSchema.optional();

/** What became of one version of a transcript. */
const transcriptStage = {
  ...stage,
  fileId: idSchema.optional(),
  bytes: bytes.optional(),
  expiredAt,
  engine: z.string().optional(),
  model: z.string().optional(),
  language: language.describe('As stated by the owner or detected by the engine.'),
  secondsTranscribed: z
    .number()
    .optional()
    .describe('Seconds of sound that the engine was asked for and answered to; silence is not sent to it.'),
  words: z.int().optional().describe('Number of words that have times of their own.'),
  speech: z
    .literal('none')
    .optional()
    .describe('There when nobody speaks in the recording, so that the transcript is empty.'),
};
const version = z.int().min(1);

const link = z.string().optional();

/** A job as its owner sees it. Links are absent while there is nothing behind them. */
export const jobViewSchema = z
  .object({
    id: idSchema,
    state: z.enum(visibleStates),
    createdAt: timeSchema,
    updatedAt: timeSchema,
    finishedAt,
    run: z.int().min(1).describe('Grows with every retry and every new version of the transcript.'),
    source: z.object({
      name: z.string(),
      bytes,
      sha256: z.string().optional().describe('Of a resumable upload known when its bytes were read once.'),
      expiredAt,
    }),
    options: z.object({
      transcript: z.boolean(),
      language,
      prompt: z.string().optional(),
      quality: z.enum(qualities),
      title: z.string().optional(),
      webhook: z.string().optional(),
    }),
    audio: z.object({
      ...stage,
      fileId: idSchema.optional(),
      bytes: bytes.optional(),
      durationSeconds: z.number().optional(),
      finishedAt,
      expiredAt,
    }),
    transcript: z
      .object({
        ...transcriptStage,
        version: version.optional().describe('Absent when no transcript was asked for.'),
        chunks: z
          .object({ done: z.int(), total: z.int() })
          .optional()
          .describe('The pieces the speech was cut into for this run; absent before, and without speech.'),
      })
      .describe('The newest version; the one before stays to be had until this one is done.'),
    error: failure.optional(),
    expires: z
      .object({ source: timeSchema, results: timeSchema, job: timeSchema })
      .partial()
      .optional()
      .describe('When the uploaded file, the results and the whole job go; only of jobs that have ended.'),
    links: z
      .object({
        self: z.string(),
        events: z.string(),
        audio: link,
        download: link,
        transcript: link,
        transcripts: link,
        webhooks: link,
      })
      .describe('Absent while there is nothing behind them.'),
  })
  .meta({ id: 'Job' });
export type JobView = z.infer<typeof jobViewSchema>;

/** One version of a job's transcript. */
export const transcriptVersionSchema = z
  .object({
    version,
    ...transcriptStage,
    options: z
      .object({ language, prompt: z.string().optional() })
      .describe('What was asked for with this version.'),
    createdAt: timeSchema,
    finishedAt,
    links: z.object({ transcript: link, download: link }),
  })
  .meta({ id: 'TranscriptVersion' });
export type TranscriptVersionView = z.infer<typeof transcriptVersionSchema>;

/** Newest first. */
export const transcriptListSchema = z
  .object({ transcripts: z.array(transcriptVersionSchema) })
  .meta({ id: 'TranscriptVersions', description: 'Newest first.' });

export const uploadAnswerSchema = z.object({ jobs: z.array(jobViewSchema) }).meta({ id: 'UploadedJobs' });
export const jobListSchema = z
  .object({
    jobs: z.array(jobViewSchema),
    nextCursor: z.string().nullable().describe('Give it as `cursor` for the next page; null on the last.'),
  })
  .meta({ id: 'JobPage', description: 'Newest first.' });
export const jobListQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('Jobs a page.'),
  cursor: idSchema.optional().describe('The `nextCursor` of the page before.'),
  state: z.enum(visibleStates).optional().describe('Only jobs in this state.'),
  search: plainText(200)
    .optional()
    .describe('Only jobs whose file name or title contains this, in any case.'),
});

import { z } from 'zod';
import { idSchema } from './ids.ts';
import { stageStates, visibleStates } from './job.ts';

export const roles = ['user', 'admin'] as const;
export type Role = (typeof roles)[number];

/** A plain address: no comments, no CR or LF, no list. 254 is the longest path RFC 5321 allows. */
export const emailSchema = z
  .email({ error: 'must be an e-mail address such as ada@example.org' })
  .max(254)
  .toLowerCase();

/** bcrypt reads no further than 72 bytes, so a longer password would be cut in silence. */
export const passwordBytes = { minCharacters: 12, maxBytes: 72 } as const;

export const loginBodySchema = z.strictObject({ email: z.string().max(254), password: z.string().max(1024) });
export const registerBodySchema = z.strictObject({ email: emailSchema, password: z.string().max(1024) });
export const passwordBodySchema = z.strictObject({
  currentPassword: z.string().max(1024),
  newPassword: z.string().max(1024),
});

/** `POST /login` with `Accept: application/json`; otherwise the answer is the token as plain text. */
export const loginAnswerSchema = z.object({
  token: z.string(),
  tokenType: z.literal('Bearer'),
  /** Seconds until the token expires. */
  expiresIn: z.int(),
});

/** Who is asking: the answer of auth's `POST /validate`. */
export const principalSchema = z.object({ userId: idSchema, email: z.string(), role: z.enum(roles) });
export type Principal = z.infer<typeof principalSchema>;

const mail = { ready: z.boolean(), failed: z.boolean() };
const most = z.number().nullable();

/** `GET /me`. A limit that is null is none; what is used counts uploads under way. */
export const meSchema = principalSchema.extend({
  /** Which mails the user wants. */
  mail: z.object(mail),
  limits: z.object({
    storedBytes: most,
    /** Minutes of recordings in any 24 hours. */
    minutesPerDay: most,
    jobsAtOnce: most,
    /** Bytes and files of one upload. */
    uploadBytes: z.int(),
    filesPerUpload: z.int(),
  }),
  used: z.object({ storedBytes: z.int(), minutesPerDay: z.number(), jobsAtOnce: z.int() }),
});
export type Me = z.infer<typeof meSchema>;

/** Body of `PATCH /me`; what is left out stays. */
export const mePatchSchema = z.strictObject({ mail: z.strictObject(mail).partial().optional() });

const failure = z.object({ code: z.string(), reason: z.string() });
const stage = { state: z.enum(stageStates), progress: z.number().min(0).max(1), error: failure.optional() };

/** When its file was removed, because it had been kept for its time. */
const expiredAt = z.iso.datetime().optional();

/** What became of one version of a transcript. */
const transcriptStage = {
  ...stage,
  fileId: idSchema.optional(),
  bytes: z.int().optional(),
  expiredAt,
  engine: z.string().optional(),
  model: z.string().optional(),
  /** As stated by the owner or detected by the engine. */
  language: z.string().optional(),
  /** Seconds of audio that the engine was asked for and gave an answer to; silence is not sent to it. */
  secondsTranscribed: z.number().optional(),
  /** Number of words that have times of their own. */
  words: z.int().optional(),
  /** `none` when nobody speaks in the recording, so that the transcript is empty. */
  speech: z.literal('none').optional(),
};
const version = z.int().min(1);

/** A job as its owner sees it. Links are absent while there is nothing behind them. */
export const jobViewSchema = z.object({
  id: idSchema,
  state: z.enum(visibleStates),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
  run: z.int(),
  /** A resumable upload's hash is known when its bytes have been read once. */
  source: z.object({ name: z.string(), bytes: z.int(), sha256: z.string().optional(), expiredAt }),
  options: z.object({
    transcript: z.boolean(),
    language: z.string().optional(),
    prompt: z.string().optional(),
    quality: z.string(),
    title: z.string().optional(),
    webhook: z.string().optional(),
  }),
  audio: z.object({
    ...stage,
    fileId: idSchema.optional(),
    bytes: z.int().optional(),
    durationSeconds: z.number().optional(),
    finishedAt: z.iso.datetime().optional(),
    expiredAt,
  }),
  /** The newest version; the one before stays to be had until this one is done. */
  transcript: z.object({
    ...transcriptStage,
    /** Absent when no transcript was asked for. */
    version: version.optional(),
    /** The pieces the speech was cut into for this run; absent before, and when there is no speech. */
    chunks: z.object({ done: z.int(), total: z.int() }).optional(),
  }),
  error: failure.optional(),
  /** When the uploaded file, the results and the whole job will be removed; absent for never, and until the job has ended. */
  expires: z
    .object({ source: z.iso.datetime(), results: z.iso.datetime(), job: z.iso.datetime() })
    .partial()
    .optional(),
  links: z.record(z.string(), z.string()),
});
export type JobView = z.infer<typeof jobViewSchema>;

/** One version of a job's transcript. */
export const transcriptVersionSchema = z.object({
  version,
  ...transcriptStage,
  /** What was asked for with this version. */
  options: z.object({ language: z.string().optional(), prompt: z.string().optional() }),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
  links: z.record(z.string(), z.string()),
});
export type TranscriptVersionView = z.infer<typeof transcriptVersionSchema>;

/** Newest first. */
export const transcriptListSchema = z.object({ transcripts: z.array(transcriptVersionSchema) });

export const uploadAnswerSchema = z.object({ jobs: z.array(jobViewSchema) });
export const jobListSchema = z.object({ jobs: z.array(jobViewSchema), nextCursor: z.string().nullable() });
export const jobListQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: idSchema.optional(),
  state: z.enum(visibleStates).optional(),
});

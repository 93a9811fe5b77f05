import { z } from 'zod';

const seconds = z.number().min(0);

/** 0 to 1, where the engine gives one. */
const confidence = z.number().min(0).max(1).optional();

const wordSchema = z.object({ start: seconds, end: seconds, text: z.string(), confidence });

const segmentSchema = z.object({
  start: seconds,
  end: seconds,
  text: z.string(),
  confidence,
  /** True where the engine itself was not sure of what it heard. */
  lowConfidence: z.boolean().optional(),
  /** What else a reader should know, as stable words such as `repetition` (the engine seemed to be in a loop). */
  flags: z.array(z.string()).optional(),
});

/**
 * What was heard, the one canonical form; every download format is rendered from it. The segments are the text, in
 * order; words give the times within it, and may lack the punctuation.
 */
export const transcriptSchema = z.object({
  v: z.literal(1),
  engine: z.string(),
  model: z.string().nullable(),
  /** ISO 639-1 code, as stated by the owner or detected by the engine. */
  language: z.string().nullable(),
  durationSeconds: seconds,
  segments: z.array(segmentSchema),
  words: z.array(wordSchema).optional(),
});

export type Transcript = z.infer<typeof transcriptSchema>;

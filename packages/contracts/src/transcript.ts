import { z } from 'zod';

const seconds = z.number().min(0);

const confidence = z.number().min(0).max(1).optional().describe('0 to 1, where the engine gives one.');

const wordSchema = z.object({ start: seconds, end: seconds, text: z.string(), confidence });

const segmentSchema = z.object({
  start: seconds,
  end: seconds,
  text: z.string(),
  confidence,
  lowConfidence: z.boolean().optional().describe('True where the engine was not sure of what it heard.'),
  flags: z
    .array(z.string())
    .optional()
    .describe('Stable words such as `repetition`: the engine seemed to be in a loop.'),
});

/**
 * What was heard, the one canonical form; every download format is rendered from it. The segments are the text, in
 * order; words give the times within it, and may lack the punctuation.
 */
export const transcriptSchema = z
  .object({
    v: z.literal(1),
    engine: z.string(),
    model: z.string().nullable(),
    language: z
      .string()
      .nullable()
      .describe('ISO 639-1 code, as stated by the owner or detected by the engine.'),
    durationSeconds: seconds,
    segments: z.array(segmentSchema).describe('The text, in order.'),
    words: z.array(wordSchema).optional().describe('Times within the text; may lack its punctuation.'),
  })
  .meta({ id: 'Transcript' });

export type Transcript = z.infer<typeof transcriptSchema>;

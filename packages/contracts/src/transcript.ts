import { z } from 'zod';

const seconds = z.number().min(0);

/** What was heard, the one canonical form; every download format is rendered from it. */
export const transcriptSchema = z.object({
  v: z.literal(1),
  engine: z.string(),
  model: z.string().nullable(),
  /** ISO 639-1 code, as stated by the owner or detected by the engine. */
  language: z.string().nullable(),
  durationSeconds: seconds,
  segments: z.array(
    z.object({
      start: seconds,
      end: seconds,
      text: z.string(),
      /** 0 to 1, where the engine gives one. */
      confidence: z.number().min(0).max(1).optional(),
    }),
  ),
  words: z
    .array(
      z.object({
        start: seconds,
        end: seconds,
        text: z.string(),
        confidence: z.number().min(0).max(1).optional(),
      }),
    )
    .optional(),
});

export type Transcript = z.infer<typeof transcriptSchema>;

export interface TranscriptFormat {
  contentType: string;
  render: (transcript: Transcript) => string;
}

/** The download formats; a new one is a line here. */
export const transcriptFormats: Readonly<Record<string, TranscriptFormat>> = {
  txt: {
    contentType: 'text/plain; charset=utf-8',
    render: (transcript) => transcript.segments.map(({ text }) => `${text.trim()}\n`).join(''),
  },
  json: {
    contentType: 'application/json; charset=utf-8',
    render: (transcript) => `${JSON.stringify(transcript, null, 2)}\n`,
  },
};

export const transcriptFormatNames = Object.keys(transcriptFormats);

import { transcriptSchema } from '@clipscribe/contracts';
import { transcriptFormats, type TranscriptFormatName } from '@clipscribe/transcript';

/**
 * A stored transcript in one of the formats, as UTF-8 in memory of its own.
 * @throws Error when it is damaged; as a ZodError it would tell the caller to mend the request
 */
export function renderTranscript(json: ArrayBuffer, format: TranscriptFormatName): Uint8Array<ArrayBuffer> {
  const transcript = transcriptSchema.safeParse(JSON.parse(new TextDecoder().decode(json)));
  if (!transcript.success) throw new Error('the transcript is damaged', { cause: transcript.error });
  const pieces = Array.from(transcriptFormats[format].render(transcript.data));
  return new TextEncoder().encode(pieces.join(''));
}

import { text } from 'node:stream/consumers';
import { transcriptSchema } from '@clipscribe/contracts';
import type { FileStore } from '@clipscribe/file-store';
import type { Heard } from './transcriber.ts';

/** What an engine heard in one chunk, as it is kept until the transcript is assembled. */
export const chunkResultSchema = transcriptSchema.pick({ language: true, segments: true, words: true });

export async function readChunkResult(files: FileStore, id: string): Promise<Heard> {
  const parsed = chunkResultSchema.parse(JSON.parse(await text(await files.read(id))));
  return {
    language: parsed.language,
    segments: parsed.segments,
    ...(parsed.words ? { words: parsed.words } : {}),
  };
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Transcript } from '@clipscribe/contracts';
import type { FileStore } from '@clipscribe/file-store';
import { transcriptDone, type Change, type WorkContext } from '@clipscribe/job-protocol';
import { storeFile } from './store-file.ts';

/** Stores the finished transcript; returns the change that ends the run with it. */
export async function storeTranscript(
  files: FileStore,
  context: WorkContext,
  transcript: Transcript,
  folder: string,
): Promise<Change> {
  const path = join(folder, 'transcript.json');
  await writeFile(path, JSON.stringify(transcript));
  const meta = { kind: 'transcript', name: 'transcript.json', contentType: 'application/json' } as const;
  const stored = await storeFile(files, context, path, meta);
  const { engine, model, language, words, segments } = transcript;
  return transcriptDone({
    fileId: stored.id,
    bytes: stored.bytes,
    engine,
    ...(model === null ? {} : { model }),
    ...(language === null ? {} : { language }),
    ...(words === undefined ? {} : { words: words.length }),
    ...(segments.length === 0 ? { speech: 'none' } : {}),
  });
}

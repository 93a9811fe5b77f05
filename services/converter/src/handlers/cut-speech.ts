import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { JobFailure, type Chunk } from '@clipscribe/contracts';
import type { FileStore } from '@clipscribe/file-store';
import { chunksCut, speechProgress, type Change, type WorkContext } from '@clipscribe/job-protocol';
import { assembleTranscript } from '../assemble-transcript.ts';
import type { MediaTools } from '../media-tools.ts';
import { planCuts, type Piece } from '../plan-cuts.ts';
import { PROGRESS_MS, throttleLatest } from '../throttle-latest.ts';
import type { Transcriber } from '../transcriber.ts';
import { voiceAllOver, type VoiceActivity, type VoiceDetector } from '../voice-activity.ts';
import { storeFile } from './store-file.ts';
import { storeTranscript } from './store-transcript.ts';

export interface CutDeps {
  files: FileStore;
  media: MediaTools;
  /** Null where nothing can tell speech from noise: then everything counts as speech. */
  voice: VoiceDetector | null;
  /** No chunk is longer, in seconds. */
  chunkSeconds: number;
}

/** Speech APIs take at most 25 MB. Ten minutes of 16 kHz and 16 bits are 19.2 MB even when nothing can be compressed. */
const MAX_CHUNK_BYTES = 24_000_000;

/** So much of the recording is listened to at a time: its samples, 19 MB, lie in the temporary folder meanwhile. */
const LISTEN_SECONDS = 600;

/** Shares of the preparation: extracting the speech ends at the first, finding the voice at the second. */
const EXTRACTED = 0.4;
const LISTENED = 0.8;

type OnProgress = (share: number) => void;

/** Extracts the speech, finds out where somebody speaks, and stores that in chunks; without any, the transcript is done. */
export async function cutSpeech(
  deps: CutDeps,
  transcriber: Transcriber,
  context: WorkContext,
  input: string,
  folder: string,
): Promise<Change> {
  const { lease, job } = context;
  const progress = throttleLatest(PROGRESS_MS, async (share: number) => {
    await lease.update(speechProgress(share), { redoable: true });
  });
  try {
    const speech = join(folder, 'speech.flac');
    const { durationSeconds } = await deps.media.toSpeech({
      ...{ input, output: speech, signal: lease.signal },
      onProgress: (share) => {
        progress.offer(share * EXTRACTED);
      },
    });
    const activity = await listen(deps, context, speech, durationSeconds, progress.offer);
    const pieces = planCuts(activity, deps.chunkSeconds);
    if (pieces.length > 0) return chunksCut(await cutPieces(deps, context, speech, pieces, progress.offer));
    const { engine, model } = transcriber;
    const empty = assembleTranscript([], { engine, model, durationSeconds, stated: job.options.language });
    return await storeTranscript(deps.files, context, empty, folder);
  } finally {
    await progress.stop();
  }
}

async function listen(
  { media, voice }: CutDeps,
  { lease: { signal } }: WorkContext,
  input: string,
  durationSeconds: number,
  onProgress: OnProgress,
): Promise<VoiceActivity> {
  if (voice === null) return voiceAllOver(durationSeconds);
  const output = `${input}.samples`;
  const listener = voice.listen();
  try {
    for (let start = 0; start < durationSeconds; start += LISTEN_SECONDS) {
      const part = { start, end: Math.min(start + LISTEN_SECONDS, durationSeconds) };
      await media.toSamples({ input, output, part, signal });
      await listener.hear(output);
      onProgress(EXTRACTED + (LISTENED - EXTRACTED) * (part.end / durationSeconds));
    }
    return await listener.finish();
  } finally {
    await listener.stop();
    await rm(output, { force: true });
  }
}

/** One after the other, so that at most one chunk lies in the temporary folder. */
async function cutPieces(
  { media, files }: CutDeps,
  context: WorkContext,
  input: string,
  pieces: readonly Piece[],
  onProgress: OnProgress,
): Promise<Pick<Chunk, 'fileId' | 'startSeconds' | 'endSeconds' | 'quiet'>[]> {
  const output = `${input}.chunk`;
  const chunks = [];
  for (const { start, end, quiet } of pieces) {
    await media.cutSpeech({ input, output, part: { start, end }, signal: context.lease.signal });
    const name = `chunk-${String(chunks.length)}.flac`;
    const meta = { kind: 'chunk', name, contentType: 'audio/flac' } as const;
    const { id: fileId, bytes } = await storeFile(files, context, output, meta);
    if (bytes > MAX_CHUNK_BYTES) throw new JobFailure('PROVIDER_TOO_LARGE');
    const where = { fileId, startSeconds: start, endSeconds: end };
    chunks.push({ ...where, ...(quiet.length === 0 ? {} : { quiet }) });
    onProgress(LISTENED + (1 - LISTENED) * (chunks.length / pieces.length));
  }
  return chunks;
}

import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { JobFailure, type Chunk, type Job, type Message } from '@clipscribe/contracts';
import { FileMissingError, type FileStore } from '@clipscribe/file-store';
import {
  chunkAttemptFailed,
  chunkCheckpoint,
  chunkDone,
  chunkGivenBack,
  chunkSlot,
  claimChunk,
  isTranscribed,
  workFilesOf,
  type Change,
  type Work,
  type WorkContext,
} from '@clipscribe/job-protocol';
import { inSpan } from '@clipscribe/runtime';
import { assembleTranscript } from '../assemble-transcript.ts';
import { chunkResultSchema, readChunkResult } from '../chunk-result.ts';
import { lastWords } from '../last-words.ts';
import type { Transcriber } from '../transcriber.ts';
import type { ConvertDeps } from './convert-video.ts';
import { storeFile } from './store-file.ts';
import { storeTranscript } from './store-transcript.ts';

/** The transcribe step: one chunk; whoever sets the last checkpoint assembles the transcript. */
export function transcribeChunk(deps: ConvertDeps): (message: Message<'transcribe'>) => Work {
  return ({ chunk }) => ({
    slot: chunkSlot(chunk),
    claim: (token) => claimChunk(chunk, token),
    attemptFailed: (failure) => chunkAttemptFailed(chunk, failure),
    givenBack: chunkGivenBack(chunk),
    run: (context) => deps.workspace.use((folder) => transcribe(deps, context, chunk, folder)),
    afterwards: (job) => dropWorkFiles(deps, job),
    attributes: { 'clipscribe.chunk': chunk },
  });
}

async function transcribe(
  deps: ConvertDeps,
  context: WorkContext,
  index: number,
  folder: string,
): Promise<Change> {
  const chunk = context.job.chunks[index];
  const { transcriber } = deps;
  if (chunk === undefined || transcriber === null) throw new JobFailure('ENGINE_MISSING');
  const job =
    chunk.resultFileId === undefined ? await hear(deps, transcriber, context, chunk, folder) : context.job;
  if (!isTranscribed(job)) return chunkDone(index);
  return inSpan('assemble transcript', { kind: 'internal' }, () =>
    assemble(deps, transcriber, context, job, folder),
  );
}

/** Pays for one chunk and keeps the result, whatever happens next. */
async function hear(
  { files, defaultLanguage }: ConvertDeps,
  transcriber: Transcriber,
  context: WorkContext,
  chunk: Chunk,
  folder: string,
): Promise<Job> {
  const { job, lease } = context;
  const path = join(folder, 'speech.flac');
  await files.copyTo(chunk.fileId, path, lease.signal);
  const { language = defaultLanguage, prompt } = job.options;
  const previousText = await textBefore(files, job, chunk);
  const seconds = chunk.endSeconds - chunk.startSeconds;
  const request = {
    path,
    durationSeconds: seconds,
    ...(language === undefined ? {} : { language }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(previousText === '' ? {} : { previousText }),
  };
  const attributes = { 'clipscribe.engine': transcriber.engine, 'clipscribe.audio.seconds': seconds };
  const heard = await inSpan('recognise speech', { kind: 'internal', attributes }, () =>
    transcriber.transcribe(request, lease.signal),
  );
  const result = join(folder, 'result.json');
  await writeFile(result, JSON.stringify(chunkResultSchema.parse(heard)));
  const name = `chunk-${String(chunk.index)}.json`;
  const meta = { kind: 'chunk-result', name, contentType: 'application/json' } as const;
  const stored = await storeFile(files, context, result, meta);
  const { engine, model } = transcriber;
  const by = { engine, model, seconds: seconds * (heard.answers ?? 1) };
  const next = await lease.update(chunkCheckpoint(chunk.index, stored.id, by));
  if (next === null) throw new JobFailure('INTERNAL', { detail: 'the lease was lost' });
  context.keepWritten();
  return next;
}

/** How the chunk before ends, when that is known already; nobody waits for it. */
async function textBefore(files: FileStore, job: Job, chunk: Chunk): Promise<string> {
  const before = job.chunks[chunk.index - 1];
  if (before?.resultFileId === undefined) return '';
  try {
    const { segments } = await readChunkResult(files, before.resultFileId);
    // What both chunks hold is still to be heard: an engine would leave it out.
    const earlier = segments.filter(({ end }) => before.startSeconds + end <= chunk.startSeconds);
    return lastWords(chunk.startSeconds < before.endSeconds ? earlier : segments);
  } catch (error) {
    // The job has been taken away meanwhile, which the lease will tell.
    if (error instanceof FileMissingError) return '';
    throw error;
  }
}

async function assemble(
  { files }: ConvertDeps,
  transcriber: Transcriber,
  context: WorkContext,
  job: Job,
  folder: string,
): Promise<Change> {
  const results = [];
  for (const { resultFileId, ...chunk } of job.chunks) {
    if (resultFileId === undefined) throw new JobFailure('INTERNAL', { detail: 'a chunk has no result' });
    results.push({ ...chunk, heard: await readChunkResult(files, resultFileId) });
  }
  const { engine, model } = transcriber;
  // Silence at the end is in no chunk.
  const durationSeconds = Math.max(job.audio.durationSeconds ?? 0, job.chunks.at(-1)?.endSeconds ?? 0);
  const stated = job.options.language;
  const transcript = assembleTranscript(results, { engine, model, durationSeconds, stated });
  return storeTranscript(files, context, transcript, folder);
}

/** Removes the chunks of an ended run; what a crash leaves here, the sweeper finds. */
async function dropWorkFiles({ files }: ConvertDeps, job: Job): Promise<void> {
  if (job.state === 'transcribing') return;
  for (const id of workFilesOf(job)) await files.delete(id);
}

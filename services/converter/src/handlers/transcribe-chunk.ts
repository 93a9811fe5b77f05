import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { JobFailure, type Chunk, type Job, type Message } from '@clipscribe/contracts';
import {
  chunkAttemptFailed,
  chunkCheckpoint,
  chunkDone,
  chunkGivenBack,
  chunkSlot,
  claimChunk,
  isTranscribed,
  transcriptDone,
  workFilesOf,
  type Change,
  type Work,
  type WorkContext,
} from '@clipscribe/job-protocol';
import { assembleTranscript } from '../assemble-transcript.ts';
import { chunkResultSchema, readChunkResult } from '../chunk-result.ts';
import type { Transcriber } from '../transcriber.ts';
import { storeFile, type ConvertDeps } from './convert-video.ts';

/** The transcribe step: one chunk; whoever sets the last checkpoint assembles the transcript. */
export function transcribeChunk(deps: ConvertDeps): (message: Message<'transcribe'>) => Work {
  return ({ chunk }) => ({
    slot: chunkSlot(chunk),
    claim: (token) => claimChunk(chunk, token),
    attemptFailed: (failure) => chunkAttemptFailed(chunk, failure),
    givenBack: chunkGivenBack(chunk),
    run: (context) => deps.workspace.use((folder) => transcribe(deps, context, chunk, folder)),
    afterwards: (job) => dropWorkFiles(deps, job),
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
  return assemble(deps, transcriber, context, job, folder);
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
  const heard = await transcriber.transcribe(
    {
      path,
      durationSeconds: chunk.endSeconds - chunk.startSeconds,
      ...(language === undefined ? {} : { language }),
      ...(prompt === undefined ? {} : { prompt }),
    },
    lease.signal,
  );
  const result = join(folder, 'result.json');
  await writeFile(result, JSON.stringify(chunkResultSchema.parse(heard)));
  const meta = {
    kind: 'chunk-result',
    name: `chunk-${String(chunk.index)}.json`,
    contentType: 'application/json',
  } as const;
  const stored = await storeFile(files, context, result, meta);
  const next = await lease.update(chunkCheckpoint(chunk.index, stored.id));
  if (next === null) throw new JobFailure('INTERNAL', { detail: 'the lease was lost' });
  context.keepWritten();
  return next;
}

async function assemble(
  { files }: ConvertDeps,
  transcriber: Transcriber,
  context: WorkContext,
  job: Job,
  folder: string,
): Promise<Change> {
  const results = [];
  for (const { resultFileId, startSeconds } of job.chunks) {
    if (resultFileId === undefined) throw new JobFailure('INTERNAL', { detail: 'a chunk has no result' });
    results.push({ startSeconds, heard: await readChunkResult(files, resultFileId) });
  }
  const { engine, model } = transcriber;
  const durationSeconds = job.chunks.at(-1)?.endSeconds ?? 0;
  const transcript = assembleTranscript(results, {
    engine,
    model,
    durationSeconds,
    stated: job.options.language,
  });
  const path = join(folder, 'transcript.json');
  await writeFile(path, JSON.stringify(transcript));
  const meta = { kind: 'transcript', name: 'transcript.json', contentType: 'application/json' } as const;
  const stored = await storeFile(files, context, path, meta);
  return transcriptDone({
    fileId: stored.id,
    engine,
    ...(model === null ? {} : { model }),
    ...(transcript.language === null ? {} : { language: transcript.language }),
  });
}

/** Removes the chunks of an ended run; what a crash leaves here, the sweeper finds. */
async function dropWorkFiles({ files }: ConvertDeps, job: Job): Promise<void> {
  if (job.state === 'transcribing') return;
  for (const id of workFilesOf(job)) await files.delete(id);
}

import { join } from 'node:path';
import { failures, type Message } from '@clipscribe/contracts';
import {
  audioDone,
  audioProgress,
  claimVideo,
  jobSlot,
  speechProgress,
  transcriptSkipped,
  videoAttemptFailed,
  videoGivenBack,
  type Change,
  type Work,
  type WorkContext,
} from '@clipscribe/job-protocol';
import { inSpan } from '@clipscribe/runtime';
import { mp3Name, mp3Title } from '../mp3-name.ts';
import { PROGRESS_MS, throttleLatest } from '../throttle-latest.ts';
import type { Transcriber } from '../transcriber.ts';
import type { Workspace } from '../workspace.ts';
import { cutSpeech, type CutDeps } from './cut-speech.ts';
import { fetchSource } from './fetch-source.ts';
import { storeFile } from './store-file.ts';

export interface ConvertDeps extends CutDeps {
  workspace: Workspace;
  /** Null when this server makes no transcripts. */
  transcriber: Transcriber | null;
  artist: string;
  /** For recordings whose owner states none; absent means the engine detects it. */
  defaultLanguage: string | undefined;
}

/** The video step: MP3 first, so that it can be downloaded soon, then the speech for the transcript. */
export function convertVideo(deps: ConvertDeps): (message: Message<'video'>) => Work {
  return () => ({
    slot: jobSlot,
    claim: claimVideo,
    attemptFailed: videoAttemptFailed,
    givenBack: videoGivenBack,
    run: (context) => deps.workspace.use((folder) => convert(deps, context, folder)),
  });
}

async function convert(deps: ConvertDeps, context: WorkContext, folder: string): Promise<Change> {
  const input = join(folder, 'input');
  await inSpan('fetch source', { kind: 'internal' }, () => fetchSource(deps.files, context, input));
  const audio =
    context.job.audio.state === 'done'
      ? null
      : await inSpan('make mp3', { kind: 'internal' }, () => makeMp3(deps, context, input, folder));
  if (!context.job.options.transcript) return compose(audio, transcriptSkipped());
  if (deps.transcriber === null) {
    return compose(
      audio,
      transcriptSkipped({ code: 'ENGINE_MISSING', reason: failures.ENGINE_MISSING.reason }),
    );
  }
  if (audio !== null) await publishAudio(context, compose(audio, speechProgress(0)));
  const { transcriber } = deps;
  return inSpan('cut speech', { kind: 'internal' }, () =>
    cutSpeech(deps, transcriber, context, input, folder),
  );
}

/** Two steps in one write, for when nothing long lies between them. */
function compose(first: Change | null, second: Change): Change {
  return (job, now) => {
    const between = first === null ? job : first(job, now);
    return between === null ? null : second(between, now);
  };
}

async function makeMp3(
  deps: ConvertDeps,
  context: WorkContext,
  input: string,
  folder: string,
): Promise<Change> {
  const { job, lease } = context;
  const output = join(folder, 'audio.mp3');
  const progress = throttleLatest(PROGRESS_MS, async (share: number) => {
    await lease.update(audioProgress(share), { redoable: true });
  });
  const { durationSeconds, problem } = await deps.media
    .toMp3({
      input,
      output,
      quality: job.options.quality,
      title: mp3Title(job),
      artist: deps.artist,
      signal: lease.signal,
      onProgress: progress.offer,
    })
    .finally(progress.stop);
  const meta = { kind: 'audio', name: mp3Name(job), contentType: 'audio/mpeg' } as const;
  const stored = await storeFile(deps.files, context, output, meta);
  const error = problem === undefined ? {} : { error: problem };
  return audioDone({ fileId: stored.id, bytes: stored.bytes, durationSeconds, ...error });
}

async function publishAudio({ lease, keepWritten }: WorkContext, audio: Change): Promise<void> {
  if ((await lease.update(audio)) === null) lease.signal.throwIfAborted();
  keepWritten();
}

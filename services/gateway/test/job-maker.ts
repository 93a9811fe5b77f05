import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  JobFailure,
  newId,
  uploadOptionsSchema,
  type Job,
  type Transcript,
  type VisibleState,
} from '@clipscribe/contracts';
import type { FileKind } from '@clipscribe/file-store';
import {
  audioDone,
  cancel,
  chunkAttemptFailed,
  chunksCut,
  claimVideo,
  newJob,
  transcriptDone,
  transcriptSkipped,
  transition,
  videoAttemptFailed,
  type Change,
} from '@clipscribe/job-protocol';
import { silentLog } from '@clipscribe/runtime';
import type { GatewayUnderTest, Person } from './gateway-harness.ts';

type Stores = Pick<GatewayUnderTest, 'jobs' | 'files' | 'queue'>;

export const sourceBytes = Buffer.from('these bytes would be a video');
/** 1000 bytes of which no two neighbours are alike, so that a range in the wrong place shows. */
export const mp3Bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => (index * 7) % 256));

export const transcript: Transcript = {
  v: 1,
  engine: 'test',
  model: null,
  language: 'en',
  durationSeconds: 4,
  segments: [
    { start: 0, end: 2, text: ' Hello there. ' },
    { start: 2, end: 4, text: 'Grüße aus Köln.' },
  ],
};
export const transcriptText = 'Hello there.\nGrüße aus Köln.\n';

/** Stores one file of a job. */
export async function storeFile(
  { files }: Pick<Stores, 'files'>,
  meta: { ownerId: string; jobId: string; kind: FileKind; name?: string; contentType?: string },
  content: Buffer | string,
): Promise<string> {
  const defaults = { id: newId(), name: 'file', contentType: 'application/octet-stream' };
  const stored = await files.write({ ...defaults, ...meta }, Readable.from([Buffer.from(content)]));
  return stored.id;
}

/** A queued job with its source, as an upload makes it, with the outbox still full. */
export async function queuedJob(stores: Stores, owner: Person, name = 'talk.mp4'): Promise<Job> {
  const jobId = newId();
  const fileId = await storeFile(stores, { ownerId: owner.userId, jobId, kind: 'source', name }, sourceBytes);
  const upload = {
    ownerId: owner.userId,
    ownerEmail: owner.email,
    options: uploadOptionsSchema.parse({}),
    fingerprint: 'made without an upload',
  };
  const sha256 = createHash('sha256').update(sourceBytes).digest('hex');
  const file = { jobId, fileId, name, bytes: sourceBytes.length, sha256 };
  const job = newJob(upload, file, 0, await stores.jobs.now());
  const intentId = newId();
  await stores.jobs.openIntent({ id: intentId, ownerId: owner.userId, fileIds: [fileId] });
  await stores.jobs.accept(intentId, [job]);
  return job;
}

/** Takes a step that must apply. */
export async function step(stores: Stores, jobId: string, change: Change): Promise<Job> {
  const job = await transition({ ...stores, log: silentLog }, jobId, change);
  if (job === null) throw new Error('the step does not apply to the job in its present state');
  return job;
}

export async function convertingJob(stores: Stores, owner: Person, name?: string): Promise<Job> {
  const { id } = await queuedJob(stores, owner, name);
  return step(stores, id, claimVideo(newId()));
}

/** The MP3 is there, and one chunk waits for its transcription. */
export async function transcribingJob(stores: Stores, owner: Person, name?: string): Promise<Job> {
  const { id } = await withAudio(stores, owner, name);
  const chunkFileId = await storeFile(stores, { ownerId: owner.userId, jobId: id, kind: 'chunk' }, 'speech');
  return step(stores, id, chunksCut([{ startSeconds: 0, endSeconds: 4, fileId: chunkFileId }]));
}

export async function succeededJob(
  stores: Stores,
  owner: Person,
  name?: string,
  heard: Transcript = transcript,
): Promise<Job> {
  const { id } = await transcribingJob(stores, owner, name);
  const meta = {
    ownerId: owner.userId,
    jobId: id,
    kind: 'transcript',
    contentType: 'application/json',
  } as const;
  const fileId = await storeFile(stores, meta, JSON.stringify(heard));
  return step(stores, id, transcriptDone({ fileId, engine: 'test' }));
}

/** The MP3 is there, and the transcript will never be. */
export async function partialJob(stores: Stores, owner: Person): Promise<Job> {
  const { id } = await transcribingJob(stores, owner);
  return step(stores, id, chunkAttemptFailed(0, new JobFailure('PROVIDER_REJECTED')));
}

/** The MP3 alone was asked for. */
export async function audioOnlyJob(stores: Stores, owner: Person): Promise<Job> {
  const { id } = await withAudio(stores, owner);
  return step(stores, id, (job, now) => {
    const options = { ...job.options, transcript: false };
    return transcriptSkipped()({ ...job, options }, now);
  });
}

export async function failedJob(stores: Stores, owner: Person): Promise<Job> {
  const { id } = await convertingJob(stores, owner);
  return step(stores, id, videoAttemptFailed(new JobFailure('NO_AUDIO_TRACK')));
}

export async function cancelledJob(stores: Stores, owner: Person): Promise<Job> {
  const { id } = await queuedJob(stores, owner);
  return step(stores, id, cancel);
}

/** A job for every state that its owner can see. */
export const jobMakers: Record<VisibleState, (stores: Stores, owner: Person) => Promise<Job>> = {
  queued: queuedJob,
  converting: convertingJob,
  transcribing: transcribingJob,
  succeeded: succeededJob,
  partial: partialJob,
  failed: failedJob,
  cancelled: cancelledJob,
};

async function withAudio(stores: Stores, owner: Person, name = 'talk.mp4'): Promise<Job> {
  const { id } = await convertingJob(stores, owner, name);
  const meta = { ownerId: owner.userId, jobId: id, kind: 'audio', contentType: 'audio/mpeg' } as const;
  const fileId = await storeFile(stores, { ...meta, name: `${name}.mp3` }, mp3Bytes);
  return step(stores, id, audioDone({ fileId, bytes: mp3Bytes.length, durationSeconds: 4 }));
}

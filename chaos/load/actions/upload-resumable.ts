import { setTimeout as delay } from 'node:timers/promises';
import { jobViewSchema } from '@clipscribe/contracts';
import type { Scene } from '../scene.ts';
import type { Book, TrackedUpload } from '../book.ts';
import type { Person } from '../person.ts';
import { ResumableUpload } from '../resumable-upload.ts';
import { uploadPlain } from './upload.ts';

const CHUNK_BYTES = { least: 20_000, most: 400_000 };
const MOST_GOES = 12;
const REST_MS = 300;

/**
 * An upload in pieces, which goes on after interruptions, by the one gateway or the other. One of eight is left lying
 * or given up on the way; of all others one job has to become.
 */
export async function uploadResumable(scene: Scene): Promise<void> {
  if (!scene.isResumable) return uploadPlain(scene);
  const { book, media, name, person, random } = scene;
  const part = { name, medium: random.pick(media), owner: person };
  const resumable = new ResumableUpload(
    part,
    Math.round(random.between(CHUNK_BYTES.least, CHUNK_BYTES.most)),
  );
  const isLeft = random.chance(1 / 8);
  const upload = book.begin({ ...part, ...(isLeft ? {} : { resumable }) });
  if (isLeft) {
    await resumable.goOn(1);
    if (random.chance(0.5)) await resumable.terminate();
    return;
  }
  for (let goes = 0; goes < MOST_GOES; goes += 1) {
    if (await resumable.goOn(1 + random.below(5))) break;
    await delay(REST_MS);
  }
  await noteResumable(book, upload);
}

/** Brings an upload to its end, and takes its job into the book. */
export async function completeResumable(book: Book, upload: TrackedUpload): Promise<void> {
  if (await upload.resumable?.goOn(Infinity)) await noteResumable(book, upload, true);
}

/** The job has the id of the upload, once that is complete. */
async function noteResumable(book: Book, upload: TrackedUpload, isComplete = false): Promise<void> {
  const id = upload.resumable?.id;
  if (id === undefined || id === null) return;
  const answer = await upload.owner.ask(`/jobs/${id}`, isComplete ? [200] : [200, 404]);
  if (answer?.status === 200) book.accepted(upload, jobViewSchema.parse(JSON.parse(answer.body.toString())));
}

/** Whether the gateways take such uploads (tus 1.0 says so by OPTIONS). */
export async function hasResumableUploads({ client }: Person): Promise<boolean> {
  const answer = await client.fetch('/uploads', { method: 'OPTIONS' });
  await answer.body?.cancel();
  return answer.headers.has('tus-resumable');
}

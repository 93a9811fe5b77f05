import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { uploadAnswerSchema, type JobView } from '@clipscribe/contracts';
import type { UploadPart } from '../../../e2e/support/client.ts';
import type { Scene } from '../scene.ts';
import type { Book, TrackedUpload } from '../book.ts';
import { fieldsOf } from '../fields-of.ts';
import type { Medium } from '../media.ts';
import type { Answer } from '../person.ts';

const REPEATS = 4;
const REPEAT_AFTER_MS = 700;

/** One request, and never again: what is not answered may be a job or not. */
export async function uploadPlain(scene: Scene): Promise<void> {
  const upload = begin(scene);
  note(scene.book, upload, await send(upload));
}

/** As a careful client does: with an Idempotency-Key, again until it is answered; then it is one job. */
export async function uploadWithKey(scene: Scene): Promise<void> {
  const upload = begin(scene, true);
  for (let tries = 0; tries < REPEATS; tries += 1) {
    const answer = await send(upload);
    note(scene.book, upload, answer);
    if (answer !== null) return;
    await delay(REPEAT_AFTER_MS);
  }
}

/** The same upload twice at once, and once more: one job. */
export async function uploadTwice(scene: Scene): Promise<void> {
  const upload = begin(scene, true);
  const answers = await Promise.all([send(upload), send(upload)]);
  scene.book.acceptedTogether(upload, answers.flatMap(viewsIn));
  note(scene.book, upload, await send(upload));
}

/** The client goes away in the middle. */
export async function abandonUpload(scene: Scene): Promise<void> {
  const upload = begin(scene);
  note(scene.book, upload, await send(upload, AbortSignal.timeout(Math.round(scene.random.between(1, 60)))));
}

/** Sends an upload (again). */
export function send(
  { owner, name, key, medium }: TrackedUpload,
  signal?: AbortSignal,
): Promise<Answer | null> {
  return owner.upload(partOf(name, medium), fieldsOf(medium), {
    ...(key === undefined ? {} : { key }),
    ...(signal === undefined ? {} : { signal }),
  });
}

export function note(book: Book, upload: TrackedUpload, answer: Answer | null): void {
  for (const view of viewsIn(answer)) book.accepted(upload, view);
}

function viewsIn(answer: Answer | null): JobView[] {
  return answer === null ? [] : uploadAnswerSchema.parse(JSON.parse(answer.body.toString())).jobs;
}

function begin({ book, media, name, person, random }: Scene, hasKey = false): TrackedUpload {
  const key = hasKey ? { key: `key-of-${name}` } : {};
  return book.begin({ name, medium: random.pick(media), owner: person, ...key });
}

function partOf(name: string, { bytes }: Medium): UploadPart {
  return { name, bytes: bytes.length, content: () => Readable.from([bytes]) };
}

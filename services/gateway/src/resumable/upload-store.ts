import type { Readable } from 'node:stream';
import { DataStore, Upload, type Lock, type Locker } from '@tus/server';
import { filesOfUpload, isComplete, offsetOf, type Job, type Principal } from '@clipscribe/contracts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { requireRoom } from '../quotas/require-room.ts';
import { acquireUpload, finish, jobOf } from './acquire-upload.ts';
import type { HeldUpload } from './held-upload.ts';
import { storeParts } from './store-parts.ts';
import type { UploadBody } from './upload-body.ts';
import type { UploadMetadata } from './upload-metadata.ts';
import { finished, noSuchUpload } from './upload-problems.ts';

/** Announced as they are here; checksums are judged by us, the rest by the library. */
export const tusExtensions = [
  'creation',
  'creation-with-upload',
  'termination',
  'expiration',
  'checksum',
] as const;

/** What `POST` begins. */
export interface NewUpload extends UploadMetadata {
  id: string;
  /** Bytes of the whole file. */
  length: number;
  /** As it was sent. */
  metadata: string;
}

/**
 * The uploads as one request sees them through the tus library: its data store and its locker in one, since both work
 * on what the request holds. Nothing is kept from one request to the next but in the job store and the file store.
 */
export class UploadStore extends DataStore implements Locker {
  readonly #deps: GatewayDeps;
  readonly #principal: Principal;
  readonly #body: UploadBody | undefined;
  readonly #isGone: AbortSignal;
  readonly #creating: NewUpload | undefined;
  #held: HeldUpload | undefined;
  #job: Job | undefined;
  #expiresAt: number | undefined;
  #metadata = '';

  /** `isGone` fires when the client has left; `creating` is given for `POST`. */
  constructor(
    deps: GatewayDeps,
    principal: Principal,
    request: { body: UploadBody | undefined; isGone: AbortSignal; creating?: NewUpload },
  ) {
    super();
    this.extensions = [...tusExtensions];
    this.#deps = deps;
    this.#principal = principal;
    this.#body = request.body;
    this.#isGone = request.isGone;
    this.#creating = request.creating;
  }

  /** True when `POST` has written the upload. */
  get hasCreated(): boolean {
    return this.#creating !== undefined && this.#expiresAt !== undefined;
  }

  /** The job that the upload has become. */
  get job(): Job | undefined {
    return this.#job;
  }

  /** When the upload expires, ms since the epoch; undefined when it is a job, or no more. */
  get expiresAt(): number | undefined {
    return this.#job === undefined ? this.#expiresAt : undefined;
  }

  /** The `Upload-Metadata` of the upload as it was sent; empty when there was none. */
  get metadata(): string {
    return this.#metadata;
  }

  newLock(id: string): Lock {
    return { lock: () => this.#lock(id), unlock: () => this.#unlock() };
  }

  override async create(upload: Upload): Promise<Upload> {
    const { id, length, name, options, metadata } = this.#creating ?? missing();
    const { userId: ownerId, email: ownerEmail } = this.#principal;
    const now = await this.#deps.jobs.now();
    const expiresAt = now + this.#deps.limits.resumableMs;
    const record = { id, version: 1, ownerId, ownerEmail, length, name, options, metadata };
    await this.#deps.jobs.openUpload({ ...record, parts: [], pending: [], createdAt: now, expiresAt });
    this.#expiresAt = expiresAt;
    // After a refusal the upload is dropped, and with it what it has reserved by its length.
    await requireRoom(this.#deps, ownerId, { intentId: id, bytes: length, jobs: 1 }, { olderOnly: true });
    if (this.#body !== undefined) await this.#acquire(id);
    return upload;
  }

  override async getUpload(id: string): Promise<Upload> {
    if (this.#job !== undefined) {
      const { bytes } = this.#job.source;
      return Promise.resolve(new Upload({ id, size: bytes, offset: bytes }));
    }
    const { upload } = this.#held ?? missing();
    return Promise.resolve(new Upload({ id, size: upload.length, offset: offsetOf(upload) }));
  }

  /** Gives where the upload stands then; that is less than was to come when the body ended early. */
  override async write(content: Readable): Promise<number> {
    if (this.#job !== undefined) return this.#job.source.bytes;
    const held = this.#held ?? missing();
    const verify = this.#body?.hasChecksum === true ? () => this.#body?.verify() : undefined;
    await storeParts(this.#deps, held, content as AsyncIterable<Buffer>, verify); // the request's bytes
    this.#expiresAt = held.upload.expiresAt;
    return offsetOf(held.upload);
  }

  override async remove(id: string): Promise<void> {
    const { upload } = this.#held ?? missing(finished());
    await this.discard(id);
    this.#deps.log.debug({ uploadId: upload.id }, 'upload terminated');
  }

  /** Turns an upload of which all bytes are there into a job; does nothing when that is done. */
  async finish(id: string): Promise<void> {
    if (this.#job !== undefined) return;
    const reading = await this.#deps.jobs.getUpload(id);
    if (reading !== null && !isComplete(reading.upload)) return;
    this.#job =
      reading === null
        ? await jobOf(this.#deps, this.#principal, id)
        : await finish(this.#deps, reading.upload);
  }

  /** Removes an upload that is no job. @throws HttpProblem UPLOAD_FINISHED, NOT_FOUND */
  async discard(id: string): Promise<void> {
    const reading = await this.#deps.jobs.getUpload(id);
    // From here on nothing can be added any more, whoever has the lock.
    if (reading === null || !(await this.#deps.jobs.dropIntent(id))) {
      await jobOf(this.#deps, this.#principal, id);
      throw finished();
    }
    this.#held?.forget();
    this.#held = undefined;
    for (const fileId of filesOfUpload(reading.upload)) await this.#deps.files.delete(fileId);
  }

  async #lock(id: string): Promise<void> {
    if (this.#creating === undefined) await this.#acquire(id);
  }

  async #acquire(id: string): Promise<void> {
    const onAsked = (): void => this.#body?.stop('taken over');
    const acquired = await acquireUpload(this.#deps, this.#principal, id, { signal: this.#isGone, onAsked });
    if ('job' in acquired) {
      this.#job = acquired.job;
      return;
    }
    this.#held = acquired.held;
    this.#expiresAt = acquired.held.upload.expiresAt;
    this.#metadata = acquired.held.upload.metadata;
  }

  async #unlock(): Promise<void> {
    await this.#held?.release();
    this.#held = undefined;
  }
}

/** The library asks for nothing that was not locked or created before. */
function missing(error: Error = noSuchUpload()): never {
  throw error;
}

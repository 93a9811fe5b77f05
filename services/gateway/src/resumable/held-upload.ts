import { newId, type ResumableUpload } from '@clipscribe/contracts';
import { UnavailableError } from '@clipscribe/runtime';
import { sleep } from '@clipscribe/runtime';
import type { GatewayDeps } from '../gateway-deps.ts';
import { locked } from './upload-problems.ts';

/**
 * A lock lasts so long without being renewed, in ms: the longest wait for an upload whose gateway was killed. Whoever
 * lost it can do no harm, since every change of the upload is a compare-and-set that asks for the lock.
 */
export const LOCK_MS = 15_000;
const RENEW_MS = 5000;
/** How often the holder looks whether somebody else wants the upload. */
const CHECK_MS = 1000;
const MAX_COLLISIONS = 50;

export type UploadChange = (upload: ResumableUpload, now: number) => ResumableUpload;

type Ports = Pick<GatewayDeps, 'jobs' | 'files' | 'log'>;

/**
 * An upload while this request has its lock, which lies in the job store, so that any gateway serves any request. It
 * is renewed until `release`; `onAsked` is told once when somebody else asks for it, or has it already.
 */
export class HeldUpload {
  readonly #ports: Ports;
  readonly #token: string;
  readonly #onAsked: () => void;
  readonly #timer: NodeJS.Timeout;
  #upload: ResumableUpload;
  #renewedAt = performance.now();
  #isAsked = false;
  #isBusy = false;

  /** `upload` is as it was stored with the lock `token`. */
  constructor(ports: Ports, upload: ResumableUpload, token: string, onAsked: () => void) {
    this.#ports = ports;
    this.#upload = upload;
    this.#token = token;
    this.#onAsked = onAsked;
    this.#timer = setInterval(() => void this.#beat(), CHECK_MS).unref();
  }

  static newToken(): string {
    return newId();
  }

  /** As it was stored last. */
  get upload(): ResumableUpload {
    return this.#upload;
  }

  /** Applies a change under the lock, and renews it. @throws HttpProblem UPLOAD_LOCKED when the lock is lost */
  async update(change: UploadChange): Promise<ResumableUpload> {
    const renewed = await this.#change((upload, now) => {
      const { lock = { token: this.#token } } = upload;
      return { ...change(upload, now), lock: { ...lock, expiresAt: now + LOCK_MS } };
    });
    this.#renewedAt = performance.now();
    return renewed;
  }

  /** Removes what the upload no longer needs, and lets others have it. Never rejects: a lock ends by itself. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    try {
      const removed = await this.#removePending();
      await this.#change(({ lock: _lock, ...upload }) => ({
        ...upload,
        pending: upload.pending.filter((id) => !removed.has(id)),
      }));
    } catch (error) {
      if (!isLost(error))
        this.#ports.log.warn({ uploadId: this.#upload.id, err: error }, 'upload not released');
    }
  }

  /** Stops renewing, of an upload that is gone. */
  forget(): void {
    clearInterval(this.#timer);
  }

  /** After the write that comes first, no write whose answer was lost can make a part of one of these files. */
  async #removePending(): Promise<Set<string>> {
    if (this.#upload.pending.length === 0) return new Set();
    const { pending } = await this.update((upload) => upload);
    for (const id of pending) await this.#ports.files.delete(id);
    return new Set(pending);
  }

  async #change(change: UploadChange): Promise<ResumableUpload> {
    for (let collisions = 0; collisions < MAX_COLLISIONS; collisions += 1) {
      const reading = await this.#ports.jobs.getUpload(this.#upload.id);
      if (reading?.upload.lock?.token !== this.#token) throw locked();
      const { upload, now } = reading;
      const next = change(upload, now);
      if (await this.#ports.jobs.replaceUpload(next, upload.version)) {
        this.#upload = { ...next, version: upload.version + 1 };
        return this.#upload;
      }
      await sleep(Math.random() * collisions);
    }
    throw new UnavailableError('job store', { cause: new Error('an upload changes too often') });
  }

  async #beat(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      if (performance.now() - this.#renewedAt >= RENEW_MS) await this.update((upload) => upload);
      const reading = await this.#ports.jobs.getUpload(this.#upload.id);
      const lock = reading?.upload.lock;
      if (lock?.token !== this.#token || lock.releaseRequested === true) this.#ask();
    } catch (error) {
      if (isLost(error)) this.#ask();
      else this.#ports.log.warn({ uploadId: this.#upload.id, err: error }, 'upload lock not renewed');
    } finally {
      this.#isBusy = false;
    }
  }

  #ask(): void {
    if (!this.#isAsked) this.#onAsked();
    this.#isAsked = true;
  }
}

function isLost(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'UPLOAD_LOCKED';
}

import { newId } from '@clipscribe/contracts';
import type { Reserved } from '@clipscribe/job-store';
import { UnavailableError } from '@clipscribe/runtime';
import type { GatewayDeps } from '../gateway-deps.ts';
import { areLimited } from '../quotas/quotas.ts';
import { requireRoom, storageExceeded, usedOf } from '../quotas/require-room.ts';

/** Where nobody has said how much is to come, so much is reserved at a time. */
const RESERVE_BYTES = 64e6;

type Deps = Pick<GatewayDeps, 'jobs' | 'quotas'>;

/** The note in the job store that an upload is under way, with its files and with what it reserves of its owner's share. */
export class OpenUploadIntent {
  readonly id = newId();
  readonly #deps: Deps;
  readonly #ownerId: string;
  readonly #fileIds: string[] = [];
  #opened: Promise<void> | undefined;
  #isLimited = false;
  #reservedBytes = 0;

  constructor(deps: Deps, ownerId: string) {
    this.#deps = deps;
    this.#ownerId = ownerId;
  }

  /** Resolves when the intent is there; undefined when it was never asked for. */
  get opened(): Promise<void> | undefined {
    return this.#opened;
  }

  get fileIds(): readonly string[] {
    return this.#fileIds;
  }

  /**
   * Reserves what the request says it holds, before a byte of it is read. Without limits the first file does, which
   * saves a write. @throws HttpProblem STORAGE_QUOTA_EXCEEDED, MINUTES_USED_UP, TOO_MANY_JOBS; UnavailableError
   */
  async reserve(bytes: number): Promise<void> {
    this.#reservedBytes = bytes;
    this.#isLimited = areLimited(this.#deps.quotas);
    if (!this.#isLimited) return;
    await this.#open([]);
    await this.#requireRoom({ olderOnly: true });
  }

  /** To be awaited before a file is stored. @throws HttpProblem TOO_MANY_JOBS and others; UnavailableError */
  async addFile(fileId: string): Promise<void> {
    this.#fileIds.push(fileId);
    if (this.#opened === undefined) {
      await this.#open([fileId]);
      return;
    }
    await this.#opened;
    if (!(await this.#deps.jobs.touchIntent(this.id, [fileId], this.#reserved))) throw gone();
    if (this.#isLimited && this.#fileIds.length > 1) await this.#requireRoom({});
  }

  /** So much has come by now. @throws HttpProblem STORAGE_QUOTA_EXCEEDED; UnavailableError */
  async grow(received: number): Promise<void> {
    const limit = this.#deps.quotas.storedBytes;
    if (!this.#isLimited || limit === null || received <= this.#reservedBytes) return;
    await this.#reserveBytes(received + RESERVE_BYTES);
    const used = usedOf(await this.#deps.jobs.usage(this.#ownerId, { without: this.id })).storedBytes;
    if (used + received > limit) throw storageExceeded(limit, used);
    if (used + this.#reservedBytes > limit) await this.#reserveBytes(limit - used);
  }

  /** Says that the upload is alive; false when it was swept. @throws UnavailableError */
  async touch(): Promise<boolean> {
    if (this.#opened === undefined) return true;
    await this.#opened;
    return this.#deps.jobs.touchIntent(this.id, []);
  }

  get #reserved(): Reserved {
    return { bytes: this.#reservedBytes, jobs: Math.max(1, this.#fileIds.length) };
  }

  #requireRoom(options: { olderOnly?: boolean }): Promise<void> {
    return requireRoom(this.#deps, this.#ownerId, { intentId: this.id, ...this.#reserved }, options);
  }

  #open(fileIds: string[]): Promise<void> {
    const { bytes: reservedBytes, jobs: reservedJobs } = this.#reserved;
    const intent = { id: this.id, ownerId: this.#ownerId, fileIds, reservedBytes, reservedJobs };
    this.#opened = this.#deps.jobs.openIntent(intent);
    return this.#opened;
  }

  async #reserveBytes(bytes: number): Promise<void> {
    this.#reservedBytes = bytes;
    if (!(await this.#deps.jobs.touchIntent(this.id, [], this.#reserved))) throw gone();
  }
}

function gone(): UnavailableError {
  return new UnavailableError('job store');
}

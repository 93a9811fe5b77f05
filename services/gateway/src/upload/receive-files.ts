import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { newId, uploadOptionsSchema, type Principal, type UploadOptions } from '@clipscribe/contracts';
import { INTENT_TOUCH_MS, type AcceptedFile } from '@clipscribe/job-protocol';
import { HttpProblem, UnavailableError } from '@clipscribe/runtime';
import type { GatewayDeps } from '../gateway-deps.ts';
import { requireCallableOption } from '../webhooks/require-callable.ts';
import { safeFileName } from './file-name.ts';
import { readMultipart } from './multipart.ts';
import { OptionFields } from './option-fields.ts';
import { OpenUploadIntent } from './upload-intent.ts';

/** The hash is known of a file that was read in one go. */
export type ReceivedFile = AcceptedFile & { sha256: string };

export interface ReceivedUpload {
  options: UploadOptions;
  files: ReceivedFile[];
}

/**
 * One upload while its bytes come in. An intent stands in the job store before the first byte is kept, and is
 * touched as long as this process lives: whatever is left after a crash is found through it.
 */
export class IncomingUpload {
  readonly #deps: GatewayDeps;
  readonly #principal: Principal;
  readonly #abort = new AbortController();
  readonly #writes: Promise<ReceivedFile>[] = [];
  readonly #intent: OpenUploadIntent;

  constructor(deps: GatewayDeps, principal: Principal) {
    this.#deps = deps;
    this.#principal = principal;
    this.#intent = new OpenUploadIntent(deps, principal.userId);
  }

  get intentId(): string {
    return this.#intent.id;
  }

  /**
   * Makes sure that there is room for what the request says it holds; called before it is received.
   * @throws HttpProblem STORAGE_QUOTA_EXCEEDED, MINUTES_USED_UP, TOO_MANY_JOBS; UnavailableError
   */
  async reserve(req: IncomingMessage): Promise<void> {
    try {
      await this.#intent.reserve(Number(req.headers['content-length'] ?? 0));
    } catch (error) {
      await this.discard();
      throw error;
    }
  }

  /** Streams all files into the store. @throws HttpProblem, ClientGoneError; nothing is left behind then */
  async receive(req: IncomingMessage): Promise<ReceivedUpload> {
    const fields = new OptionFields(uploadOptionsSchema);
    const touching = setInterval(() => void this.#touch(), INTENT_TOUCH_MS);
    try {
      await readMultipart(req, this.#deps.limits, this.#abort, {
        onFile: (name, content) => {
          this.#addFile(name, content);
        },
        onField: (name, value) => {
          fields.add(name, value);
          if (name === 'webhook') requireCallableOption(this.#deps.webhookRules, fields.options());
        },
        onBytes: (received) => this.#intent.grow(received),
      });
      const files = await Promise.all(this.#writes);
      if (files.length === 0) {
        throw new HttpProblem(
          'NO_FILE',
          'Put at least one file into the upload, as with curl -F file=@video.mp4.',
        );
      }
      return { options: fields.options(), files };
    } catch (error) {
      await this.discard();
      throw error;
    } finally {
      clearInterval(touching);
    }
  }

  /** Removes what was stored; what cannot be removed now, the sweeper finds through the intent. */
  async discard(): Promise<void> {
    this.#abort.abort(new Error('the upload was given up'));
    await Promise.allSettled(this.#writes);
    if (this.#intent.opened === undefined) return;
    try {
      await this.#intent.opened;
      for (const id of this.#intent.fileIds) await this.#deps.files.delete(id);
      await this.#deps.jobs.dropIntent(this.intentId);
    } catch (error) {
      this.#deps.log.warn({ intentId: this.intentId, err: error }, 'unfinished upload left to the sweeper');
    }
  }

  #addFile(sentName: string | undefined, content: Readable): void {
    const fileId = newId();
    const write = this.#storeFile(fileId, safeFileName(sentName), content);
    write.catch((error: unknown) => {
      this.#abort.abort(error);
    });
    this.#writes.push(write);
  }

  async #storeFile(fileId: string, name: string, content: Readable): Promise<ReceivedFile> {
    await this.#intent.addFile(fileId);
    const jobId = newId();
    const meta = { id: fileId, ownerId: this.#principal.userId, jobId, kind: 'source', name } as const;
    const stored = await this.#deps.files.write(
      { ...meta, contentType: 'application/octet-stream' },
      content,
      this.#abort.signal,
    );
    if (stored.bytes === 0)
      throw new HttpProblem('EMPTY_FILE', `The file "${name}" is empty. Check it and send it again.`);
    return { jobId, fileId, name, bytes: stored.bytes, sha256: stored.sha256 };
  }

  /** An intent that is gone was swept as dead: the files are gone with it, so the upload must not succeed. */
  async #touch(): Promise<void> {
    try {
      if (!(await this.#intent.touch())) this.#abort.abort(new UnavailableError('job store'));
    } catch (error) {
      this.#deps.log.warn({ intentId: this.intentId, err: error }, 'upload intent not touched');
    }
  }
}

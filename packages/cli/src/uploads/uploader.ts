import { connectionError, isPermanent } from '../api/connection-error.ts';
import { badAnswer } from '../api/read-json.ts';
import { answerError } from '../api/problem.ts';
import { Patience } from '../api/retrying.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Account } from '../session/account.ts';
import { requireUnchanged, type LocalFile } from './local-file.ts';
import { sendBytes } from './send-bytes.ts';
import type { UploadKey, UploadRecords } from './upload-records.ts';

/** https://tus.io/protocols/resumable-upload */
const TUS = { 'tus-resumable': '1.0.0' };
const JOB_HEADER = 'clipscribe-job';

/** Options of an upload as tus metadata: those that are set. */
export type Metadata = Readonly<Record<string, string>>;

/** Where an upload stands on the server. */
interface UploadState {
  offset: number;
  /** Set when all bytes are there. */
  jobId: string | undefined;
}

/**
 * Uploads files by tus 1.0, each to its end: over broken connections, restarts of the server, a login that expires,
 * and its own end, after which the next call goes on where this one stood.
 *
 *     recorded? ─no─► POST ─► record ─► HEAD ─► PATCH the rest ─► job
 *        └─yes────────────────────────► HEAD ◄─ lost, locked, away
 *                                       └─ 404, 410: forget the record, begin anew
 */
export class Uploader {
  readonly #account: Account;
  readonly #records: UploadRecords;

  constructor(account: Account, records: UploadRecords) {
    this.#account = account;
    this.#records = records;
  }

  /**
   * @returns the id of the job, and what forgets the upload: to be called when nothing would be lost by uploading the
   *   same file anew, as long as that has not happened the same call gives the same job
   * @throws CliError
   */
  async upload(
    file: LocalFile,
    metadata: Metadata,
    onProgress: (position: number) => void,
  ): Promise<{ jobId: string; forget: () => Promise<void> }> {
    const key: UploadKey = { server: this.#account.api.server, file, metadata };
    for (;;) {
      const path = (await this.#records.get(key)) ?? (await this.#begin(key));
      const jobId = await this.#complete(path, file, onProgress);
      if (jobId !== undefined) return { jobId, forget: () => this.#records.remove(key) };
      await this.#records.remove(key);
    }
  }

  async #begin(key: UploadKey): Promise<string> {
    const { file, metadata } = key;
    const answer = await this.#account.send({
      method: 'POST',
      path: '/uploads',
      headers: {
        ...TUS,
        'upload-length': String(file.bytes),
        'upload-metadata': encodeMetadata({ ...metadata, filename: file.name }),
      },
      // An upload of which nobody got to know expires by itself.
      isRepeatable: true,
    });
    const path = /\/uploads\/[0-9a-f-]{36}$/.exec(answer.headers.get('location') ?? '')?.[0];
    if (path === undefined) throw badAnswer(this.#account.api.server);
    await this.#records.put(key, path);
    return path;
  }

  /** The id of the job, or undefined when the server does not know the upload (any more). */
  async #complete(
    path: string,
    file: LocalFile,
    onProgress: (position: number) => void,
  ): Promise<string | undefined> {
    const { api } = this.#account;
    const patience = new Patience(api.retry);
    let reached = -1;
    for (;;) {
      const state = await this.#stateOf(path);
      if (state === undefined || state.jobId !== undefined) return state?.jobId;
      if (state.offset > reached) patience.succeeded();
      reached = Math.max(reached, state.offset);
      onProgress(state.offset);
      await requireUnchanged(file);
      try {
        await this.#send(path, file, state.offset, onProgress);
      } catch (error) {
        if (!(error instanceof CliError) || !mayGoOn(error)) throw error;
        await patience.afterFailure(error);
      }
    }
  }

  async #stateOf(path: string): Promise<UploadState | undefined> {
    try {
      const { headers } = await this.#account.send({ method: 'HEAD', path, headers: TUS });
      const offset = Number(headers.get('upload-offset') ?? 'none');
      const jobId = headers.get(JOB_HEADER) ?? undefined;
      if (jobId === undefined && !Number.isSafeInteger(offset)) throw badAnswer(this.#account.api.server);
      return { offset, jobId };
    } catch (error) {
      if (error instanceof CliError && (error.status === 404 || error.status === 410)) return undefined;
      throw error;
    }
  }

  /** @throws CliError unless all was accepted */
  async #send(
    path: string,
    file: LocalFile,
    offset: number,
    onProgress: (position: number) => void,
  ): Promise<void> {
    const { api } = this.#account;
    await this.#account.withToken(async (token) => {
      const headers = {
        ...TUS,
        authorization: `Bearer ${token}`,
        'user-agent': api.userAgent,
        'content-type': 'application/offset+octet-stream',
        'upload-offset': String(offset),
      };
      const { signal } = api.retry;
      const request = { url: `${api.server}${path}`, headers, file, offset, onProgress, signal };
      const { status, retryAfter, body } = await sendBytes(request).catch((error: unknown) => {
        signal.throwIfAborted();
        throw error instanceof CliError ? error : connectionError(api.server, error);
      });
      if (status >= 300) throw answerError({ status, retryAfter }, body, 'the upload');
    });
  }
}

/** Whether asking where the upload stands, and going on there, may help. */
function mayGoOn(error: CliError): boolean {
  const { status } = error;
  if (status === undefined) return error.exitCode === exitCodes.unavailable && !isPermanent(error.cause);
  // 404 and 410 are answered by HEAD as well; 409, 423: another request was at it; 408, 460: bytes were lost.
  return [404, 408, 409, 410, 423, 460].includes(status) || (status >= 500 && status !== 507);
}

/** Pairs of a key and a base64 value: tus 1.0.0, Upload-Metadata. */
function encodeMetadata(metadata: Metadata): string {
  return Object.entries(metadata)
    .map(([key, value]) => `${key} ${Buffer.from(value, 'utf8').toString('base64')}`)
    .join(',');
}

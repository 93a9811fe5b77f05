import type { Principal } from '@clipscribe/contracts';
import type { Request, Response } from 'express';
import type { GatewayDeps } from '../gateway-deps.ts';
import { Checksum } from './checksum.ts';
import { runTus, type TusAnswer, type TusMethod } from './run-tus.ts';
import { UploadBody } from './upload-body.ts';
import { UploadStore, type NewUpload } from './upload-store.ts';

export interface ExchangeRequest {
  method: TusMethod;
  id: string;
  hasBytes: boolean;
  /** Given for `POST`. */
  creating?: NewUpload;
}

/** One request under way, and then what came of it. */
export class Exchange {
  readonly store: UploadStore;
  readonly body: UploadBody | undefined;
  readonly #deps: GatewayDeps;
  readonly #req: Request;
  readonly #request: ExchangeRequest;

  /** @throws HttpProblem INVALID_CHECKSUM */
  constructor(
    deps: GatewayDeps,
    principal: Principal,
    request: ExchangeRequest,
    { req, res }: { req: Request; res: Response },
  ) {
    const checksum = Checksum.read(req.get('upload-checksum'));
    const gone = new AbortController();
    res.once('close', () => {
      gone.abort();
    });
    this.body = request.hasBytes ? new UploadBody(req, deps.limits.stallMs, checksum) : undefined;
    const { creating } = request;
    const about = { body: this.body, isGone: gone.signal, ...(creating === undefined ? {} : { creating }) };
    this.store = new UploadStore(deps, principal, about);
    this.#deps = deps;
    this.#req = req;
    this.#request = request;
  }

  /** @throws HttpProblem, and what the stores throw */
  async run(): Promise<TusAnswer> {
    const { body, store } = this;
    const { stopping, limits } = this.#deps;
    const stop = (): void => body?.stop('stopping');
    if (stopping?.aborted === true) stop();
    stopping?.addEventListener('abort', stop);
    try {
      return await runTus(this.#req, store, { ...this.#request, body, maxBytes: limits.maxUploadBytes });
    } finally {
      stopping?.removeEventListener('abort', stop);
      stop(); // of a request that was refused, nothing more is read
    }
  }

  /** What the client has to know beside what tus itself says. */
  headers(): Record<string, string> {
    const { store, body } = this;
    const { expiresAt, metadata, job } = store;
    return {
      ...(expiresAt === undefined ? {} : { 'Upload-Expires': new Date(expiresAt).toUTCString() }),
      ...(metadata !== '' && this.#request.method === 'HEAD' ? { 'Upload-Metadata': metadata } : {}),
      ...(job === undefined ? {} : { 'Clipscribe-Job': job.id }),
      ...(body !== undefined && body.end !== 'complete' ? { Connection: 'close' } : {}),
    };
  }
}

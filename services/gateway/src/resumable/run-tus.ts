import { Server } from '@tus/server';
import type { Request as HttpRequest } from 'express';
import type { UploadBody } from './upload-body.ts';
import { asUploadProblem } from './upload-problems.ts';
import type { UploadStore } from './upload-store.ts';

export const TUS_VERSION = '1.0.0';
export const UPLOADS_PATH = '/uploads';

/** What the library may know of a request; everything else is ours to judge. */
const passedOn = ['tus-resumable', 'upload-length', 'upload-offset', 'content-type', 'content-length'];

/** What is passed on of its answers. It would also let in other origins in browsers, which no route of ours does. */
const passedBack = ['Upload-Offset', 'Upload-Length', 'Location', 'Cache-Control'];

export type TusMethod = 'POST' | 'HEAD' | 'PATCH' | 'DELETE';

export interface TusRequest {
  method: TusMethod;
  /** The upload's, for `POST` the new one's. */
  id: string;
  body: UploadBody | undefined;
  maxBytes: number;
}

export interface TusAnswer {
  status: number;
  headers: Record<string, string>;
}

/**
 * Lets the tus library handle one request. It keeps nothing between requests, so each has a server of its own, which
 * sees the uploads through `store`. @throws what the store threw, HttpProblem for what the library found wrong
 */
export async function runTus(req: HttpRequest, store: UploadStore, request: TusRequest): Promise<TusAnswer> {
  const { method, id, body, maxBytes } = request;
  let failure: unknown;
  const server = new Server({
    path: UPLOADS_PATH,
    relativeLocation: true,
    datastore: store,
    locker: store,
    maxSize: maxBytes,
    namingFunction: () => id,
    onUploadFinish: async () => {
      await store.finish(id);
      return {};
    },
    onResponseError: (_req, error) => {
      failure = error;
      return undefined;
    },
  });
  const path = method === 'POST' ? UPLOADS_PATH : `${UPLOADS_PATH}/${id}`;
  const content = body === undefined ? {} : { body: body.stream, duplex: 'half' as const };
  // A type without a body would have the library look for bytes; many clients say the type in either case.
  const names = body === undefined ? passedOn.filter((name) => name !== 'content-type') : passedOn;
  const headers = picked(names, (name) => req.get(name));
  // Only the path counts, which Location is made of.
  const response = await server.handleWeb(
    new Request(`http://gateway${path}`, { method, headers, ...content }),
  );
  if (failure !== undefined) throw asUploadProblem(failure);
  if (response.status >= 400) throw asUploadProblem({ status_code: response.status });
  return {
    status: response.status,
    headers: picked(passedBack, (name) => response.headers.get(name) ?? undefined),
  };
}

function picked(
  names: readonly string[],
  valueOf: (name: string) => string | undefined,
): Record<string, string> {
  const pairs = names.map((name) => [name, valueOf(name)] as const);
  return Object.fromEntries(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

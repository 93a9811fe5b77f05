import { asProblem, jsonBody } from '@clipscribe/runtime';
import type { Request, Response } from 'express';

/** True when the request carries a body, of whatever type. */
export function hasBody(req: Request): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}

/**
 * Reads the JSON body only now, so that a route can first refuse those who may not send one.
 * @throws HttpProblem UNSUPPORTED_TYPE, INVALID_JSON, TOO_LARGE, BAD_REQUEST.
 */
export async function readJson(req: Request, res: Response): Promise<unknown> {
  for (const handler of jsonBody) {
    await new Promise<void>((resolve, reject) => {
      void handler(req, res, (error?: unknown) => {
        if (error === undefined) resolve();
        else reject(asProblem(error));
      });
    });
  }
  return req.body;
}

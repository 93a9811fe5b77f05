import { promisify } from 'node:util';
import { jsonBody } from '@clipscribe/runtime';
import type { Request, Response } from 'express';

/** Called in a route and not before it: only who is logged in has a body read. */
const parsers = jsonBody.map((parser) => promisify<Request, Response>(parser));

/** The JSON of a request, at most 10 kB. @throws HttpProblem for another content type, and what its parsers throw */
export async function readJson(req: Request, res: Response): Promise<unknown> {
  for (const parse of parsers) await parse(req, res);
  return req.body ?? {};
}

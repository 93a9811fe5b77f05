import { promisify } from 'node:util';
import { transcriptOptionsSchema, type TranscriptOptions } from '@clipscribe/contracts';
import { HttpProblem } from '@clipscribe/runtime';
import express, { type Request, type Response } from 'express';
import { readMultipart } from '../upload/multipart.ts';
import { OptionFields } from '../upload/option-fields.ts';
import { ClientGoneError } from '../upload/read-body.ts';

const MAX_BYTES = 10_000;
/** The parts of a form have headers of their own. */
const MAX_FORM_BYTES = 100_000;

type Fields = OptionFields<typeof transcriptOptionsSchema>;

/** Called in the route and not before it: only who is logged in has a body read. */
const parsers = [
  express.json({ limit: MAX_BYTES, inflate: false }),
  // More parameters than would fit into the body: their number is no limit of its own.
  express.urlencoded({ limit: MAX_BYTES, inflate: false, extended: false, parameterLimit: MAX_BYTES }),
].map((parser) => promisify<Request, Response>(parser));

/**
 * What a request asks of a new version of a transcript: as JSON, as either kind of form, or nothing at all.
 * @throws HttpProblem INVALID_OPTION, UNSUPPORTED_TYPE and others for a body that cannot be read
 */
export async function readTranscriptOptions(
  req: Request,
  res: Response,
  stallMs: number,
): Promise<TranscriptOptions> {
  const fields: Fields = new OptionFields(transcriptOptionsSchema);
  if (req.is('multipart/form-data')) await readForm(req, fields, stallMs);
  else if (req.is(['application/json', 'application/x-www-form-urlencoded']))
    await readBody(req, res, fields);
  else if (hasBody(req)) {
    throw new HttpProblem('UNSUPPORTED_TYPE', 'Send the options as a JSON object or as form fields.');
  }
  return fields.options();
}

function hasBody(req: Request): boolean {
  return req.get('transfer-encoding') !== undefined || Number(req.get('content-length') ?? 0) > 0;
}

async function readBody(req: Request, res: Response, fields: Fields): Promise<void> {
  for (const parse of parsers) await parse(req, res);
  const body: unknown = req.body ?? {};
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new HttpProblem('INVALID_OPTION', 'Send the options as a JSON object, such as {"language":"en"}.');
  }
  for (const [name, value] of Object.entries(body)) fields.add(name, value);
}

async function readForm(req: Request, fields: Fields, stallMs: number): Promise<void> {
  const abort = new AbortController();
  const limits = { maxUploadBytes: MAX_FORM_BYTES, maxFiles: 1, stallMs };
  try {
    await readMultipart(req, limits, abort, {
      onFile: (_name, content) => {
        content.resume();
        const detail = 'Send no file: the one that was uploaded is transcribed again.';
        abort.abort(new HttpProblem('INVALID_OPTION', detail));
      },
      onField: (name, value) => {
        fields.add(name, value);
      },
    });
  } catch (error) {
    if (!(error instanceof ClientGoneError)) throw error;
    throw new HttpProblem('BAD_REQUEST', 'The request ended too early.', { cause: error });
  }
}

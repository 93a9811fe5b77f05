import { HttpProblem } from '@clipscribe/runtime';
import {
  isTranscriptFormat,
  transcriptFormatNames,
  transcriptFormats,
  type TranscriptFormatName,
} from '@clipscribe/transcript';
import type { Request, Response } from 'express';
import { z } from 'zod';

const querySchema = z.object({ format: z.string().optional() });

const contentTypes = transcriptFormatNames.map(contentTypeOf);

/** As it is sent, and compared with `Accept`. */
export function contentTypeOf(name: TranscriptFormatName): string {
  return `${transcriptFormats[name].contentType}; charset=utf-8`;
}

/**
 * The format of a transcript that a request asks for: by `?format=`, else by `Accept` (RFC 9110, section 12.5.1);
 * plain text when it asks for none. Tells caches when the answer depends on `Accept`.
 * @throws HttpProblem UNKNOWN_FORMAT, NOT_ACCEPTABLE; ZodError for several formats at once
 */
export function wantedFormat(req: Request, res: Response): TranscriptFormatName {
  const { format } = querySchema.parse(req.query);
  if (format === undefined) return acceptedFormat(req, res);
  if (isTranscriptFormat(format)) return format;
  throw new HttpProblem('UNKNOWN_FORMAT', `Use one of: ${transcriptFormatNames.join(', ')}.`);
}

function acceptedFormat(req: Request, res: Response): TranscriptFormatName {
  res.vary('Accept');
  const accepted = req.accepts(contentTypes);
  const name = transcriptFormatNames.find((known) => contentTypeOf(known) === accepted);
  if (name !== undefined) return name;
  const types = transcriptFormatNames.map((known) => transcriptFormats[known].contentType).join(', ');
  const detail = `Accept one of ${types}, or use ?format= with one of ${transcriptFormatNames.join(', ')}.`;
  throw new HttpProblem('NOT_ACCEPTABLE', detail);
}

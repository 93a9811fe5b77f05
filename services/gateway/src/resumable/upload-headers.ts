import { HttpProblem } from '@clipscribe/runtime';
import type { Request } from 'express';
import { TUS_VERSION } from './run-tus.ts';

const BODY_TYPE = 'application/offset+octet-stream';

/** @throws HttpProblem TUS_VERSION */
export function requireTus(req: Request): void {
  if (req.get('tus-resumable') === TUS_VERSION) return;
  const headers = { 'Tus-Version': TUS_VERSION };
  throw new HttpProblem('TUS_VERSION', `Send the header "Tus-Resumable: ${TUS_VERSION}".`, { headers });
}

/** Bytes of the whole file, from `Upload-Length`. @throws HttpProblem INVALID_INPUT, TOO_LARGE, EMPTY_FILE */
export function uploadLength(req: Request, maxBytes: number): number {
  if (req.get('upload-concat') !== undefined)
    throw invalid('Upload-Concat is not supported. Send the file as one upload.');
  if (req.get('upload-defer-length') !== undefined)
    throw invalid('Upload-Defer-Length is not supported. Send Upload-Length, the bytes of the whole file.');
  const length = wholeNumber(req.get('upload-length'));
  if (length === null) throw invalid('Upload-Length must be the bytes of the whole file, as a whole number.');
  if (length === 0) throw new HttpProblem('EMPTY_FILE', 'The file is empty. Check it and send it again.');
  if (length <= maxBytes) return length;
  const limit = `${(maxBytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} MB`;
  throw new HttpProblem('TOO_LARGE', `One upload may have at most ${limit}.`);
}

/** @throws HttpProblem UNSUPPORTED_TYPE, OFFSET_MISMATCH, INVALID_INPUT */
export function checkPatch(req: Request): void {
  requireBodyType(req);
  if (req.get('upload-length') !== undefined)
    throw invalid('Upload-Length is said once, when the upload begins. Leave it out here.');
  if (wholeNumber(req.get('upload-offset')) === null) {
    const detail = 'Upload-Offset must say where the upload goes on, in bytes. HEAD gives where it stands.';
    throw new HttpProblem('OFFSET_MISMATCH', detail);
  }
}

/** Whether bytes come with the creation already. @throws HttpProblem UNSUPPORTED_TYPE when it is not known which */
export function hasBytes(req: Request): boolean {
  const isThere = req.get('transfer-encoding') !== undefined || Number(req.get('content-length') ?? 0) > 0;
  if (isThere) requireBodyType(req);
  return isThere;
}

function requireBodyType(req: Request): void {
  if (req.get('content-type')?.toLowerCase() === BODY_TYPE) return;
  throw new HttpProblem('UNSUPPORTED_TYPE', `Send the bytes with "Content-Type: ${BODY_TYPE}".`);
}

/** Digits without leading zeros, that a number holds exactly. */
function wholeNumber(text: string | undefined): number | null {
  if (text === undefined || !/^(0|[1-9]\d{0,15})$/.test(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}

function invalid(detail: string): HttpProblem {
  return new HttpProblem('INVALID_INPUT', detail);
}

import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import type { ByteRange } from '@clipscribe/file-store';
import { HttpProblem } from '@clipscribe/runtime';
import { create as contentDisposition } from 'content-disposition';
import type { Request, Response } from 'express';
import parseRange from 'range-parser';

/** Something to download. */
export interface Content {
  bytes: number;
  /** Changes with the content; sent as a strong ETag. */
  tag: string;
  contentType: string;
  /** Name to save it under. */
  name: string;
  /** ms since the epoch. */
  modifiedAt: number;
  open: (range?: ByteRange) => Promise<Readable>;
}

/** Answers GET and HEAD with conditional requests and single ranges (RFC 9110, sections 13 and 14). */
export async function sendContent(req: Request, res: Response, content: Content): Promise<void> {
  const validators = {
    ETag: `"${content.tag}"`,
    'Last-Modified': new Date(content.modifiedAt).toUTCString(),
    'Cache-Control': 'private, no-cache',
  };
  res.set(validators);
  if (req.fresh) {
    res.status(304).end();
    return;
  }
  try {
    const range = wantedRange(req, content);
    const body = req.method === 'HEAD' || content.bytes === 0 ? null : await content.open(range);
    describe(res, content, range);
    if (body === null) res.end();
    // The client left while it was being opened.
    else if (res.destroyed) body.destroy();
    else await stream(res, body);
  } catch (error) {
    // Whoever cached an error under them would be told later that it is still fresh.
    if (!res.headersSent) for (const name of Object.keys(validators)) res.removeHeader(name);
    throw error;
  }
}

/** The headers of a good answer; set only when nothing can go wrong any more, as an error must not carry them. */
function describe(res: Response, content: Content, range: ByteRange | undefined): void {
  res.set({
    'Content-Type': content.contentType,
    'Content-Disposition': contentDisposition(content.name),
    'Content-Length': String(range === undefined ? content.bytes : range.end - range.start + 1),
    'Accept-Ranges': 'bytes',
    'X-Content-Type-Options': 'nosniff',
  });
  if (range === undefined) return;
  const place = `bytes ${String(range.start)}-${String(range.end)}/${String(content.bytes)}`;
  res.status(206).set('Content-Range', place);
}

async function stream(res: Response, body: Readable): Promise<void> {
  try {
    await pipeline(body, res);
  } catch (error) {
    // A client that goes away is everyday; anything else must not look like a complete answer.
    if (!res.destroyed) res.destroy();
    if (!isPrematureClose(error)) throw error;
  }
}

function isPrematureClose(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/** A single range of bytes; names of units are in any case (RFC 9110, section 14.1). */
const ONE_RANGE = /^bytes=(?:\d+-\d*|-(\d+))$/i;

/** The one range to send, or undefined for the whole. @throws HttpProblem RANGE_NOT_SATISFIABLE */
function wantedRange(req: Request, content: Content): ByteRange | undefined {
  const header = req.get('range');
  // RFC 9110, section 14.2: ranges are defined for GET alone.
  if (header === undefined || req.method !== 'GET' || !ifRangeHolds(req, content)) return undefined;
  // Malformed, other units, several: the whole file is a correct answer to each of them (section 14.2).
  const one = ONE_RANGE.exec(header);
  if (one === null) return undefined;
  const suffix = one[1];
  // Section 14.1.2: a suffix longer than the file is all of it; the parser takes it for unsatisfiable.
  if (suffix !== undefined && Number(suffix) > content.bytes) return undefined;
  const ranges = parseRange(content.bytes, header);
  if (ranges === -1) {
    const headers = { 'Content-Range': `bytes */${String(content.bytes)}` };
    throw new HttpProblem('RANGE_NOT_SATISFIABLE', `The file has ${String(content.bytes)} bytes.`, {
      headers,
    });
  }
  return ranges === -2 ? undefined : ranges[0];
}

/** `If-Range` holds for the same strong ETag or exactly the same date. */
function ifRangeHolds(req: Request, content: Content): boolean {
  const condition = req.get('if-range');
  if (condition === undefined) return true;
  return condition === `"${content.tag}"` || condition === new Date(content.modifiedAt).toUTCString();
}

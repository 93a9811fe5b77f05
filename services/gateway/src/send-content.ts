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
  res.set({
    'Content-Type': content.contentType,
    'Content-Disposition': contentDisposition(content.name),
    'Accept-Ranges': 'bytes',
    ETag: `"${content.tag}"`,
    'Last-Modified': new Date(content.modifiedAt).toUTCString(),
    'Cache-Control': 'private, no-cache',
    'X-Content-Type-Options': 'nosniff',
  });
  if (req.fresh) {
    res.status(304).removeHeader('Content-Type');
    res.end();
    return;
  }
  const range = wantedRange(req, content);
  const bytes = range === undefined ? content.bytes : range.end - range.start + 1;
  res.set('Content-Length', String(bytes));
  if (range !== undefined) {
    res
      .status(206)
      .set('Content-Range', `bytes ${String(range.start)}-${String(range.end)}/${String(content.bytes)}`);
  }
  if (req.method === 'HEAD' || bytes === 0) {
    res.end();
    return;
  }
  await stream(res, await content.open(range));
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

/** The one range to send, or undefined for the whole. @throws HttpProblem RANGE_NOT_SATISFIABLE */
function wantedRange(req: Request, content: Content): ByteRange | undefined {
  const header = req.get('range');
  if (header === undefined || !ifRangeHolds(req, content)) return undefined;
  const ranges = parseRange(content.bytes, header);
  if (ranges === -1) {
    const headers = { 'Content-Range': `bytes */${String(content.bytes)}` };
    throw new HttpProblem('RANGE_NOT_SATISFIABLE', `The file has ${String(content.bytes)} bytes.`, {
      headers,
    });
  }
  // Malformed, other units, several: the whole file is a correct answer to each of them.
  if (ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return undefined;
  return ranges[0];
}

/** `If-Range` holds for the same strong ETag or exactly the same date. */
function ifRangeHolds(req: Request, content: Content): boolean {
  const condition = req.get('if-range');
  if (condition === undefined) return true;
  return condition === `"${content.tag}"` || condition === new Date(content.modifiedAt).toUTCString();
}

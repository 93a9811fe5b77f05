import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import { HttpProblem } from '@clipscribe/runtime';
import type { RequestLimits } from '../gateway-deps.ts';
import { readBody } from './read-body.ts';

export interface MultipartParts {
  /** A file; it must be consumed. Its failure has to abort the upload. */
  onFile: (name: string | undefined, content: Readable) => void;
  onField: (name: string, value: string) => void;
  /** Told of every piece, with the bytes of the request so far, before it is looked at. */
  onBytes?: (received: number) => Promise<void>;
}

const MAX_FIELDS = 20;
const MAX_FIELD_BYTES = 8000;
const MAX_NAME_BYTES = 100;
const MAX_HEADER_PAIRS = 20;
const MAX_HEADER_BYTES = 8000;
/** RFC 2046, section 5.1.1. */
const MAX_BOUNDARY = 70;

/**
 * Reads a multipart request to its end, handing out its parts as they come. Nothing is buffered beyond a chunk.
 * @throws HttpProblem for whatever is wrong with the request; the reason of `abort` when it fires
 */
export async function readMultipart(
  req: IncomingMessage,
  limits: RequestLimits,
  abort: AbortController,
  parts: MultipartParts,
): Promise<void> {
  const parser = createParser(req, limits);
  const finished = new Promise<void>((resolve, reject) => {
    parser.once('finish', resolve);
    parser.once('error', (error: unknown) => {
      reject(broken(error));
    });
    abort.signal.addEventListener(
      'abort',
      () => {
        reject(abort.signal.reason as Error);
      },
      { once: true },
    );
  });
  const fail = (error: unknown): void => {
    abort.abort(error);
  };
  finished.catch(fail);
  let handedOut = 0;
  let received = 0;
  parser.on('file', (_field, stream, filename: string | undefined) => {
    handedOut += 1;
    stream.on('error', () => undefined); // reported by the parser as well, but unhandled it would end the process
    parts.onFile(filename, stream);
  });
  parser.on('field', (name: string | undefined, value, _nameCut, valueCut) => {
    handedOut += 1;
    try {
      if (valueCut) throw fieldTooLong(name ?? '');
      parts.onField(name ?? '', value);
    } catch (error) {
      fail(error);
    }
  });
  parser.on('filesLimit', () => {
    fail(tooMany('TOO_MANY_FILES', limits.maxFiles, 'files'));
  });
  parser.on('fieldsLimit', () => {
    fail(tooMany('TOO_MANY_FIELDS', MAX_FIELDS, 'fields'));
  });
  parser.on('partsLimit', () => {
    fail(tooMany('TOO_MANY_FIELDS', limits.maxFiles + MAX_FIELDS, 'parts'));
  });
  try {
    await readBody(req, limits, abort.signal, async (chunk) => {
      received += chunk.length;
      await parts.onBytes?.(received);
      await written(parser, chunk);
    });
    parser.end();
    await finished;
    if (handedOut !== partsSeen(parser)) throw broken(new Error('a part was skipped'));
  } catch (error) {
    fail(error);
    throw abort.signal.reason;
  }
}

function written(parser: InstanceType<typeof Busboy>, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.write(chunk, (error) => {
      if (error) reject(broken(error));
      else resolve();
    });
  });
}

function createParser(req: IncomingMessage, limits: RequestLimits): InstanceType<typeof Busboy> {
  const type = req.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\b/i.test(type)) {
    throw new HttpProblem(
      'UNSUPPORTED_TYPE',
      'Send the files as multipart/form-data, as curl does with -F file=@video.mp4.',
    );
  }
  const boundary = /boundary=(?:"([^"]*)"|([^;\s]+))/i.exec(type);
  const length = (boundary?.[1] ?? boundary?.[2] ?? '').length;
  if (length === 0 || length > MAX_BOUNDARY) {
    throw new HttpProblem('INVALID_MULTIPART', 'The Content-Type needs a boundary of 1 to 70 characters.');
  }
  try {
    return new Busboy({
      headers: { 'content-type': type },
      preservePath: true, // names are made safe by one function of ours
      isPartAFile: (_field, _type, filename) => filename !== undefined,
      fileHwm: 2 ** 20,
      limits: {
        ...{ fields: MAX_FIELDS, fieldSize: MAX_FIELD_BYTES, fieldNameSize: MAX_NAME_BYTES },
        ...{ files: limits.maxFiles, parts: limits.maxFiles + MAX_FIELDS },
        ...{ headerPairs: MAX_HEADER_PAIRS, headerSize: MAX_HEADER_BYTES },
      },
    });
  } catch (error) {
    throw broken(error);
  }
}

/**
 * The parser skips a part that it cannot make sense of (no disposition, a line break in the name) without a word,
 * which must not pass for an upload with fewer files. Its own count, which its types leave out, tells of it.
 */
function partsSeen(parser: object): number | undefined {
  return (parser as { _parser?: { _nparts?: number } })._parser?._nparts;
}

function fieldTooLong(name: string): HttpProblem {
  const detail = `${name.slice(0, 50)}: must have at most ${String(MAX_FIELD_BYTES)} bytes.`;
  return new HttpProblem('INVALID_OPTION', detail);
}

function broken(error: unknown): Error {
  if (error instanceof HttpProblem) return error;
  return new HttpProblem('INVALID_MULTIPART', 'The upload is cut off or not well-formed. Send it again.', {
    cause: error,
  });
}

function tooMany(code: 'TOO_MANY_FILES' | 'TOO_MANY_FIELDS', limit: number, what: string): HttpProblem {
  return new HttpProblem(
    code,
    `One upload may have at most ${String(limit)} ${what}. Split it into several uploads.`,
  );
}

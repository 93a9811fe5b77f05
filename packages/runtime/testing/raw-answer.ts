export interface RawAnswer {
  status: number;
  /** Names in lower case; of several headers of one name the last. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  /** Bytes that this answer has taken of those that were given. */
  length: number;
}

/**
 * The first answer (RFC 9112) in these bytes, after any "go on"; null as long as it is not complete.
 * @param options `hasBody`: false after HEAD; `isClosed`: nothing more will come
 */
export function readAnswer(
  bytes: Buffer,
  { hasBody, isClosed }: { hasBody: boolean; isClosed: boolean },
): RawAnswer | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [line = '', ...fields] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(`${line} `)?.[1]);
  const start = end + 4;
  const rest = bytes.subarray(start);
  if (status === 100) {
    const next = readAnswer(rest, { hasBody, isClosed });
    return next && { ...next, length: next.length + start };
  }
  const headers = Object.fromEntries(fields.map(readField));
  const isEmpty = !hasBody || status === 204 || status === 304;
  const body = isEmpty ? { body: Buffer.alloc(0), length: 0 } : readBody(rest, headers, isClosed);
  return body && { status, headers, body: body.body, length: start + body.length };
}

function readField(field: string): [string, string] {
  const colon = field.indexOf(':');
  return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
}

function readBody(
  rest: Buffer,
  headers: Readonly<Record<string, string>>,
  isClosed: boolean,
): { body: Buffer; length: number } | null {
  if (headers['transfer-encoding'] !== undefined) return readChunks(rest);
  const length = Number(headers['content-length'] ?? Number.NaN);
  if (Number.isNaN(length)) return isClosed ? { body: rest, length: rest.length } : null;
  return rest.length < length ? null : { body: rest.subarray(0, length), length };
}

function readChunks(rest: Buffer): { body: Buffer; length: number } | null {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const line = rest.indexOf('\r\n', at);
    if (line < 0) return null;
    const size = Number.parseInt(rest.toString('latin1', at, line), 16);
    at = line + 2 + size + 2;
    if (at > rest.length) return null;
    if (size === 0) return { body: Buffer.concat(chunks), length: at };
    chunks.push(rest.subarray(line + 2, line + 2 + size));
  }
}

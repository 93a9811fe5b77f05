import { request, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { AnswerChecker, type AskedAndAnswered, type JsonObject } from '@clipscribe/gateway/testing';

export interface Ask {
  /** Sent as `Authorization: Bearer`. */
  token?: string;
  headers?: Record<string, string>;
  /** Sent as it is; an object as JSON, a form as such. */
  body?: Buffer | FormData | object;
  /** Leaves an answer that has no end once this is in it. */
  until?: string;
}

export interface Answered extends AskedAndAnswered {
  headers: IncomingHttpHeaders;
  text: string;
  /** The body as JSON; null for what is none. */
  json: unknown;
}

/** A client that takes no answer but those that the server's own document tells of. */
export class CheckedClient {
  readonly url: string;
  readonly document: JsonObject;
  readonly checker: AnswerChecker;
  asked = 0;

  private constructor(url: string, document: JsonObject) {
    this.url = url;
    this.document = document;
    this.checker = new AnswerChecker(document);
  }

  static async of(url: string): Promise<CheckedClient> {
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as JsonObject; // checked by its own tests
    return new CheckedClient(url, document);
  }

  /**
   * Asks, and holds the answer against the document.
   * @throws Error for a status that was not expected, and for whatever the document does not tell of
   */
  async ask(expected: number | null, route: string, asking: Ask = {}): Promise<Answered> {
    const [method = '', path = ''] = route.split(' ');
    const answer = await send(this.url, method, path, asking);
    this.asked += 1;
    const said = `${route} ${answer.status}: ${answer.text.slice(0, 500)}`;
    if (expected !== null && answer.status !== expected) throw new Error(`${expected} expected: ${said}`);
    const untold = this.checker.check(answer);
    if (untold.length > 0) throw new Error(`not as /openapi.json tells: ${untold.join('; ')} in ${said}`);
    return answer;
  }
}

async function send(
  url: string,
  method: string,
  path: string,
  { token, headers, body, until }: Ask,
): Promise<Answered> {
  const sent = await bodyOf(body);
  const req = request(`${url}${path}`, {
    method,
    headers: {
      ...sent.headers,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
  req.end(sent.bytes);
  return new Promise((resolve, reject) => {
    req.once('error', reject);
    req.once('response', (res) => {
      const whole = until === undefined ? buffer(res) : upTo(res, until);
      whole.then((bytes) => {
        const text = bytes.toString();
        const answer = { method, path, status: res.statusCode ?? 0, headers: res.headers, body: bytes };
        resolve({ ...answer, text, json: parsed(text) });
        res.destroy();
      }, reject);
    });
  });
}

async function bodyOf(body: Ask['body']): Promise<{ bytes?: Buffer; headers?: Record<string, string> }> {
  if (body === undefined) return {};
  if (Buffer.isBuffer(body)) return { bytes: body, headers: { 'content-length': String(body.length) } };
  const coded = body instanceof FormData ? new Response(body) : Response.json(body);
  const bytes = Buffer.from(await coded.arrayBuffer());
  const type = coded.headers.get('content-type') ?? '';
  return { bytes, headers: { 'content-type': type, 'content-length': String(bytes.length) } };
}

async function upTo(chunks: AsyncIterable<Buffer>, end: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of chunks) {
    pieces.push(piece);
    if (Buffer.concat(pieces).includes(end)) break;
  }
  return Buffer.concat(pieces);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

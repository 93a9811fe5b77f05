import { connect, type Socket } from 'node:net';
import { z } from 'zod';

export interface RawAnswer {
  status: number;
  /** Names in lower case; of several headers of one name the last. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

const GIVE_UP_MS = 30_000;
const codeSchema = z.object({ code: z.string() });

/** A connection on which exactly what is written goes out: nothing is tidied up, counted or retried. */
export class RawConnection {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);

  constructor(url: string) {
    this.#socket = connect(Number(new URL(url).port), '127.0.0.1');
    this.#socket.on('data', (data: Buffer) => {
      this.#received = Buffer.concat([this.#received, data]);
    });
    this.#socket.on('error', () => undefined); // a reset connection ends like a closed one
  }

  /** Resolves when the bytes are on their way, or the connection is closed. */
  write(bytes: string | Buffer): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.write(bytes, () => {
        resolve();
      });
    });
  }

  /** The first answer, complete; then the connection is closed. @throws when none came */
  async answer(): Promise<RawAnswer> {
    try {
      return await this.#read();
    } finally {
      this.#socket.destroy();
    }
  }

  async #read(): Promise<RawAnswer> {
    const deadline = AbortSignal.timeout(GIVE_UP_MS);
    for (;;) {
      const answer = parse(this.#received, this.#socket.closed);
      if (answer !== null) return answer;
      if (this.#socket.closed || deadline.aborted)
        throw new Error(`no answer: ${this.#received.toString('latin1')}`);
      await new Promise<void>((resolve) => {
        const go = (): void => {
          for (const event of ['data', 'close']) this.#socket.off(event, go);
          deadline.removeEventListener('abort', go);
          resolve();
        };
        for (const event of ['data', 'close']) this.#socket.on(event, go);
        deadline.addEventListener('abort', go);
      });
    }
  }
}

/** The first answer that is more than a "go on"; null as long as it is not complete. */
function parse(bytes: Buffer, isClosed: boolean): RawAnswer | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [line = '', ...fields] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const status = Number(line.split(' ')[1]);
  const rest = bytes.subarray(end + 4);
  if (status === 100) return parse(rest, isClosed);
  const headers = Object.fromEntries(
    fields.map((field) => {
      const colon = field.indexOf(':');
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
    }),
  );
  const length = headers['content-length'];
  const isWhole =
    length === undefined ? headers['transfer-encoding'] === undefined : rest.length >= Number(length);
  return isWhole || isClosed ? { status, headers, body: rest.toString('utf8') } : null;
}

/** Sends these bytes and gives back the answer. */
export async function sendRaw(url: string, ...pieces: (string | Buffer)[]): Promise<RawAnswer> {
  const connection = new RawConnection(url);
  for (const piece of pieces) void connection.write(piece);
  return connection.answer();
}

/** A request line, the headers and the end of them. */
export function head(requestLine: string, ...headers: string[]): string {
  return [`${requestLine} HTTP/1.1`, 'Host: x', ...headers, '', ''].join('\r\n');
}

/** A whole request with its length. */
export function request(requestLine: string, headers: readonly string[], body: string | Buffer = ''): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([
    Buffer.from(head(requestLine, ...headers, `Content-Length: ${String(bytes.length)}`)),
    bytes,
  ]);
}

/** `413 TOO_LARGE`: the status, and the code of a problem. */
export function verdictOf({ status, headers, body }: Pick<RawAnswer, 'status' | 'headers' | 'body'>): string {
  if (!(headers['content-type'] ?? '').startsWith('application/problem+json')) return String(status);
  return `${String(status)} ${codeSchema.parse(JSON.parse(body)).code}`;
}

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { readAnswer, type RawAnswer } from './raw-answer.ts';

const GIVE_UP_MS = 5000;

/** Sends requests byte by byte as they are given, over one connection as long as the server keeps it. */
export class RawClient {
  readonly #port: number;
  #socket: Socket | undefined;
  #received = Buffer.alloc(0);
  #isClosed = true;

  constructor(port: number) {
    this.#port = port;
  }

  /**
   * One whole request, in as many pieces as it is given in, and its answer.
   * @param options `hasBody`: false for HEAD
   * @throws Error when there is no answer, or more than one
   */
  async exchange(pieces: readonly (Buffer | string)[], { hasBody = true } = {}): Promise<RawAnswer> {
    try {
      return await this.#exchange(pieces, hasBody);
    } catch (error) {
      this.close(); // or the next request would get the rest of this answer
      throw error;
    }
  }

  async #exchange(pieces: readonly (Buffer | string)[], hasBody: boolean): Promise<RawAnswer> {
    const socket = await this.#open();
    for (const piece of pieces) socket.write(piece);
    const deadline = AbortSignal.timeout(GIVE_UP_MS);
    let answer = readAnswer(this.#received, { hasBody, isClosed: false });
    while (answer === null) {
      if (this.#isClosed) throw new Error(`closed after: ${this.#received.toString('latin1')}`);
      await once(socket, 'something', { signal: deadline });
      answer = readAnswer(this.#received, { hasBody, isClosed: this.#isClosed });
    }
    if (this.#received.length > answer.length)
      throw new Error(`more than one answer: ${this.#received.toString('latin1')}`);
    this.#received = Buffer.alloc(0);
    if (answer.headers['connection'] === 'close') this.close();
    return answer;
  }

  /** Bytes that may be no request at all, over a connection of their own; gives all that comes until the server closes. */
  async blurt(bytes: Buffer): Promise<Buffer> {
    const socket = connect(this.#port, '127.0.0.1');
    socket.setTimeout(GIVE_UP_MS, () => socket.destroy(new Error('the server neither answers nor closes')));
    socket.end(bytes);
    try {
      return await buffer(socket);
    } catch (error) {
      // The server may close before it has read all of it.
      if (error instanceof Error && 'code' in error && error.code === 'ECONNRESET') return Buffer.alloc(0);
      throw error;
    } finally {
      socket.destroy();
    }
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  async #open(): Promise<Socket> {
    if (this.#socket !== undefined && !this.#isClosed) return this.#socket;
    const socket = connect(this.#port, '127.0.0.1').setNoDelay(true);
    this.#socket = socket;
    this.#isClosed = false;
    this.#received = Buffer.alloc(0);
    socket.on('data', (data: Buffer) => {
      if (this.#socket === socket) this.#received = Buffer.concat([this.#received, data]);
      socket.emit('something');
    });
    socket.on('error', () => undefined); // a reset connection ends like a closed one
    socket.on('close', () => {
      if (this.#socket === socket) this.#isClosed = true;
      socket.emit('something');
    });
    await once(socket, 'connect');
    return socket;
  }
}

/** The text of a whole request. Header values are sent as latin1, byte by byte. */
export function requestBytes(
  requestLine: string,
  headers: readonly (readonly [string, string])[],
  body: Uint8Array = new Uint8Array(),
): Buffer {
  const fields = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const length = body.length > 0 ? `Content-Length: ${body.length}\r\n` : '';
  return Buffer.concat([
    Buffer.from(`${requestLine} HTTP/1.1\r\nHost: x\r\n${length}${fields}\r\n`, 'latin1'),
    body,
  ]);
}

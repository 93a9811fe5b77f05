import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A line to a server that can be told to let so many bytes pass upwards, and no more until it is opened. */
export class GatedLine {
  readonly url: string;
  /** Bytes that went up so far. */
  sent = 0;
  #left = Infinity;
  #full: (() => void) | undefined;
  readonly #server: ReturnType<typeof createServer>;
  readonly #ends = new Set<Socket>();

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    const { port } = server.address() as AddressInfo; // a server on a TCP port has one
    this.url = `http://127.0.0.1:${String(port)}`;
  }

  static async to(target: string): Promise<GatedLine> {
    const { hostname, port } = new URL(target);
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const line = new GatedLine(server);
    server.on('connection', (near) => {
      line.#join(near, connect(Number(port), hostname));
    });
    return line;
  }

  /** From now on so many bytes pass; resolves when they have, and holds what comes then. */
  holdAfter(bytes: number): Promise<void> {
    this.#left = bytes;
    return new Promise((resolve) => {
      this.#full = resolve;
    });
  }

  /** Breaks what is connected, and lets everything pass from now on. */
  open(): void {
    this.#left = Infinity;
    this.#full = undefined;
    for (const end of this.#ends) end.destroy();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const end of this.#ends) end.destroy();
    await closed;
  }

  #join(near: Socket, far: Socket): void {
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#ends.add(end);
      end
        .on('error', () => undefined)
        .on('close', () => {
          this.#ends.delete(end);
          other.destroy();
        });
    }
    far.pipe(near);
    near.on('data', (chunk) => {
      const passed = chunk.subarray(0, Math.min(this.#left, chunk.length));
      this.#left -= passed.length;
      this.sent += passed.length;
      far.write(passed);
      if (this.#left > 0) return;
      near.pause();
      this.#full?.();
    });
    near.on('end', () => far.end());
  }
}

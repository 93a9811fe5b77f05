import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** No request of the page other than an upload has as many. */
const SMALL_BYTES = 4000;
const EVENTS = Buffer.from('GET /events ');

/**
 * The connection between a browser and the gateway, in the hands of a test: it can hold back what is sent after so many
 * bytes, and be cut and mended.
 */
export class Line {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #streams = new Set<Socket>();
  #isCut = false;
  #areEventsCut = false;
  #left = Infinity;
  #held: () => void = () => undefined;

  private constructor(server: Server) {
    this.#server = server;
    const { port } = server.address() as AddressInfo; // a server that listens on TCP has one
    this.url = `http://127.0.0.1:${port}`;
  }

  static async to(target: string): Promise<Line> {
    const { hostname, port } = new URL(target);
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const line = new Line(server);
    server.on('connection', (near: Socket) => {
      line.#join(near, hostname, Number(port));
    });
    return line;
  }

  /** Lets so many bytes of uploads through and then no more; resolves when they have gone. */
  holdAfter(bytes: number): Promise<void> {
    this.#left = bytes;
    return new Promise((resolve) => {
      this.#held = resolve;
    });
  }

  /** Everything that is connected breaks off, and nothing new comes through. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** The stream of events breaks off, and none can be opened; everything else goes through. */
  cutEvents(): void {
    this.#areEventsCut = true;
    for (const socket of this.#streams) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
    this.#areEventsCut = false;
    this.#left = Infinity;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.cut();
    await closed;
  }

  #join(near: Socket, host: string, port: number): void {
    if (this.#isCut) {
      near.destroy();
      return;
    }
    const far = connect(port, host);
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(end);
      end
        .on('error', () => undefined)
        .on('close', () => {
          this.#sockets.delete(end);
          this.#streams.delete(end);
          other.destroy();
        });
    }
    far.pipe(near);
    near.on('data', (bytes: Buffer) => {
      this.#pass(near, far, bytes);
    });
  }

  /** What is small belongs to other requests than uploads, and always passes. */
  #pass(near: Socket, far: Socket, bytes: Buffer): void {
    if (bytes.subarray(0, EVENTS.length).equals(EVENTS)) {
      this.#streams.add(near);
      if (this.#areEventsCut) near.destroy();
    }
    const isUpload = bytes.length > SMALL_BYTES;
    if (isUpload) this.#left -= bytes.length;
    if (isUpload && this.#left < 0) {
      near.pause();
      this.#held();
    } else if (!far.write(bytes)) {
      near.pause();
      far.once('drain', () => near.resume());
    }
  }
}

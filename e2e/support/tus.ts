import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { DefaultHttpStack, Upload, type UploadOptions } from 'tus-js-client';
import type { Client } from './client.ts';

const BYTES = 'application/offset+octet-stream';

/** Requests of tus, each told in full. */
export class TusClient {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Begins an upload and gives its path. */
  async create(length: number, metadata: Record<string, string> = {}): Promise<string> {
    const pairs = Object.entries(metadata).map(([key, value]) => `${key} ${btoa(value)}`);
    const headers = { 'upload-length': String(length), 'upload-metadata': pairs.join(',') };
    const answer = await this.#send('POST', '/uploads', headers);
    if (answer.status !== 201)
      throw new Error(`POST answered ${String(answer.status)}: ${await answer.text()}`);
    return answer.headers.get('location') ?? '';
  }

  patch(path: string, offset: number, bytes: Buffer): Promise<Response> {
    const headers = { 'upload-offset': String(offset), 'content-type': BYTES };
    return this.#send('PATCH', path, headers, new Uint8Array(bytes));
  }

  head(path: string): Promise<Response> {
    return this.#send('HEAD', path, {});
  }

  #send(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: Uint8Array<ArrayBuffer>,
  ): Promise<Response> {
    const init = { method, headers: { 'tus-resumable': '1.0.0', ...headers } };
    return this.#client.fetch(path, body === undefined ? init : { ...init, body });
  }
}

/**
 * Uploads with tus-js-client, which goes on by itself after whatever happens.
 * @param onSent told how many bytes have been given to the network
 * @returns the id of the upload, which is that of the job
 */
export function uploadWithTusJs(
  { url, token }: { url: string; token: string },
  bytes: Buffer,
  more: Partial<UploadOptions> & { onSent?: (bytes: number) => void } = {},
): Promise<string> {
  const { onSent, ...options } = more;
  return new Promise((resolve, reject) => {
    const upload = new Upload(bytes, {
      endpoint: `${url}/uploads`,
      headers: { Authorization: `Bearer ${token}` },
      httpStack: new DefaultHttpStack({ agent: false }),
      retryDelays: [500, 1000, 2000, 4000, 8000, 8000, 8000],
      ...options,
      onProgress: (sent) => onSent?.(sent),
      onError: reject,
      onSuccess: () => {
        resolve(new URL(upload.url ?? '').pathname.slice('/uploads/'.length));
      },
    });
    upload.start();
  });
}

/** A cable to a server: pulled out, nothing comes through any more, and neither end is told. */
export class Cable {
  readonly url: string;
  readonly #server: ReturnType<typeof createServer>;
  readonly #ends = new Set<Socket>();

  private constructor(server: ReturnType<typeof createServer>, ends: Set<Socket>) {
    this.#server = server;
    this.#ends = ends;
    const { port } = server.address() as AddressInfo; // a server on a TCP port has one
    this.url = `http://127.0.0.1:${String(port)}`;
  }

  static async to(target: string): Promise<Cable> {
    const { hostname, port } = new URL(target);
    const ends = new Set<Socket>();
    const server = createServer((near) => {
      const far = connect(Number(port), hostname);
      for (const [end, other] of [
        [near, far],
        [far, near],
      ] as const) {
        ends.add(end);
        end
          .on('error', () => undefined)
          .on('close', () => {
            ends.delete(end);
            other.destroy();
          });
      }
      near.pipe(far);
      far.pipe(near);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Cable(server, ends);
  }

  /** What is connected now stays so, and is silent; what connects from now on works. */
  pull(): void {
    for (const end of this.#ends) end.unpipe().pause();
  }

  /** The near ends of what was pulled notice it, as a client does whose network changes. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const end of this.#ends) end.destroy();
    await closed;
  }
}

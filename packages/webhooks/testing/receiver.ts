import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { webhookPayloadSchema, type WebhookPayload } from '@clipscribe/contracts';
import { testCertificate } from './test-certificate.ts';

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export type Answer = (res: ServerResponse, received: Received) => void;

/** A receiver of webhooks on loopback, on a real port, that answers as it is told and remembers what came. */
export class Receiver {
  /** How it answers from now on. */
  answer: Answer;
  readonly received: Received[] = [];
  readonly #server: Server;
  #waiting: (() => void)[] = [];

  private constructor(answer: Answer, tls: boolean) {
    this.answer = answer;
    this.#server = tls ? createTlsServer(testCertificate) : createServer();
    this.#server.on('request', (req, res) => {
      text(req).then(
        (body) => {
          const { method = '', url = '', headers } = req;
          this.#take({ method, path: url, headers, body }, res);
        },
        () => undefined, // the sender has gone
      );
    });
  }

  static async start(
    answer: Answer = answers.status(204),
    options: { tls?: boolean } = {},
  ): Promise<Receiver> {
    const receiver = new Receiver(answer, options.tls === true);
    await receiver.listen(0);
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port; // a server on TCP has one
  }

  url(path = '/hook', scheme = 'http'): string {
    return `${scheme}://127.0.0.1:${String(this.port)}${path}`;
  }

  /** Listens again after `close`. */
  async listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** Resolves when so many requests have come in all. */
  async requests(count: number): Promise<Received[]> {
    while (this.received.length < count) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.received;
  }

  /** Cuts what is under way. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #take(received: Received, res: ServerResponse): void {
    this.received.push(received);
    this.answer(res, received);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** The payload of a request whose signature is right, checked by the library of the standard. @throws otherwise */
export function verified({ headers, body }: Received, secret: string): WebhookPayload {
  const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  return webhookPayloadSchema.parse(new Webhook(secret).verify(body, sent));
}

const CHUNK = Buffer.alloc(64 * 1024, 'x');

export const answers = {
  status:
    (status: number, headers: Record<string, string> = {}): Answer =>
    (res) => {
      res.writeHead(status, headers).end();
    },

  body:
    (body: string): Answer =>
    (res) => {
      res.writeHead(200).end(body);
    },

  /** Never says anything. */
  hang: (): void => undefined,

  /** Says 200 and goes on without end, as slowly as it can. */
  hangInBody: (res: ServerResponse): void => {
    res.writeHead(200).write('x');
  },

  /** So many bytes, or as many as are taken; `onTaken` is told how many the connection took. */
  huge:
    (bytes: number, onTaken: (taken: number) => void = () => undefined): Answer =>
    (res) => {
      let written = 0;
      const more = (): void => {
        while (written < bytes && !res.destroyed) {
          written += CHUNK.length;
          if (!res.write(CHUNK)) return;
        }
        res.end();
      };
      res.on('drain', more).once('close', () => {
        onTaken(written);
      });
      res.writeHead(200);
      more();
    },

  /** Closes the connection without a word. */
  cut: (res: ServerResponse): void => {
    res.destroy();
  },

  garbage: (res: ServerResponse): void => {
    res.socket?.end('what are you talking about?\r\n\r\n');
  },
} as const;

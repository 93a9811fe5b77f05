import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** An error that smtp-server answers with this reply code. */
export function smtpReply(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}

/** A real SMTP server on a free loopback port that keeps what it is sent. */
export class SmtpTestServer {
  /** Raw messages, each kept before the server says 250. */
  readonly received: Buffer[] = [];
  /** Recipients of the envelopes. */
  readonly recipients: string[] = [];
  /** For every message: whether it came over TLS. */
  readonly encrypted: boolean[] = [];
  readonly #server: SMTPServer;
  readonly #sockets = new Set<Socket>();

  constructor(options: SMTPServerOptions) {
    this.#server = new SMTPServer({
      authOptional: true,
      disableReverseLookup: true,
      // Also keeps smtp-server from warning about its own self-signed certificate.
      logger: false,
      onData: (stream, session, callback) => {
        void buffer(stream).then((message) => {
          this.received.push(message);
          this.recipients.push(...session.envelope.rcptTo.map(({ address }) => address));
          this.encrypted.push(session.secure);
          callback();
        });
      },
      ...options,
    });
    // Clients that go away in the middle are a part of the tests.
    this.#server.on('error', () => undefined);
    this.#server.server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(options: SMTPServerOptions = {}): Promise<SmtpTestServer> {
    const server = new SmtpTestServer(options);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    // A server listening on a TCP port has an AddressInfo; only pipes have strings.
    return (this.#server.server.address() as AddressInfo).port;
  }

  /** `smtp://127.0.0.1:port`, with what is given before the host and after the port. */
  url(userinfo = '', query = ''): string {
    return `smtp://${userinfo === '' ? '' : `${userinfo}@`}127.0.0.1:${String(this.port)}${query}`;
  }

  /** Cuts all connections, as a crash or a lost network would. */
  cutConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(resolve);
    });
    this.cutConnections();
    await closed;
  }
}

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Between a client and a server: hands on what both say, and can cut the connection before a certain answer. */
export class LossyProxy {
  readonly #server: Server;
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  #command = '';
  #losses = 0;
  #lost = 0;

  private constructor(server: Server, target: URL) {
    this.#server = server;
    this.#target = target;
    server.on('connection', (client) => {
      this.#relay(client);
    });
  }

  static async open(serverUrl: string): Promise<LossyProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new LossyProxy(server, new URL(serverUrl));
  }

  /** The server's address by way of this proxy. */
  get url(): string {
    const url = new URL(this.#target);
    // A server on a TCP port has an address object.
    url.host = `127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
    // Otherwise the driver goes to the address that a member of a replica set gives as its own.
    url.searchParams.set('directConnection', 'true');
    return url.href;
  }

  /** How many answers were lost so far. */
  get lost(): number {
    return this.#lost;
  }

  /** Loses the answers to the next `times` messages with this command, which the server does carry out. */
  lose(command: string, times = 1): void {
    this.#command = command;
    this.#losses = times;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #relay(client: Socket): void {
    const server = connect(Number(this.#target.port), this.#target.hostname);
    let losing = false;
    client.on('data', (data) => {
      if (this.#losses > 0 && isCommand(data, this.#command)) {
        this.#losses -= 1;
        losing = true;
      }
      server.write(data);
    });
    server.on('data', (data) => {
      if (losing) {
        this.#lost += 1;
        client.destroy();
      } else client.write(data);
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => one.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }
}

/** The command is the first key of the message's document, with a string (BSON type 2) as its value. */
function isCommand(message: Buffer, command: string): boolean {
  return message.includes(Buffer.from(`\u0002${command}\u0000`));
}

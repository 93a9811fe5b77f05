import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeAuth {
  url: string;
  close: () => Promise<void>;
}

/** A server in the place of auth, for what the real one never does. */
export async function startFakeAuth(answer: RequestListener): Promise<FakeAuth> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a server on a TCP port has no other address
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${String(port)}`, close };
}

/** The address of a server that is not there any more. */
export async function deadUrl(): Promise<string> {
  const server = await startFakeAuth(() => undefined);
  await server.close();
  return server.url;
}

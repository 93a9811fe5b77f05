import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { closeServer } from '../src/close-server.ts';

/** Longer than a test may take: parting must never be waited out here. */
const PARTING_MS = 600_000;

describe('closeServer', () => {
  let server: Server;
  let agent: Agent;
  beforeEach(async () => {
    server = createServer((_req, res) => res.end('here'));
    server.keepAliveTimeout = PARTING_MS;
    agent = new Agent({ keepAlive: true, maxSockets: 1 });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    agent.destroy();
    server.closeAllConnections();
    server.close();
  });

  async function ask(): Promise<{ connection: string | undefined; body: string }> {
    const { port } = server.address() as AddressInfo; // it listens on TCP
    const [answer] = (await once(get({ host: '127.0.0.1', port, agent }), 'response')) as [IncomingMessage];
    return { connection: answer.headers.connection, body: await text(answer) };
  }

  it('answers on connections that are kept open while it parts, and tells that they end', async () => {
    expect(await ask()).toEqual({ connection: 'keep-alive', body: 'here' });
    const closed = closeServer(server, 1000, PARTING_MS);
    expect(await ask()).toEqual({ connection: 'close', body: 'here' });
    // The client has left, as it was told: there is nobody to wait for.
    await closed;
    await expect(ask()).rejects.toThrow();
  });

  it('does not wait for anybody when nobody is connected', async () => {
    await closeServer(server, 1000, PARTING_MS);
    expect(server.listening).toBe(false);
  });

  it('closes idle connections at once without a parting', async () => {
    expect((await ask()).body).toBe('here');
    await closeServer(server, PARTING_MS);
    expect(server.listening).toBe(false);
  });
});

import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RawClient, requestBytes } from '@clipscribe/runtime/testing';
import { startAuth, startGateway, type GatewayUnderTest, type TestAuth } from './gateway-harness.ts';

describe('a request that was answered before its body was read', () => {
  let auth: TestAuth;
  let gateway: GatewayUnderTest;
  let client: RawClient;
  beforeAll(async () => {
    auth = await startAuth();
    gateway = await startGateway(auth);
    client = new RawClient(gateway.port);
  });
  afterAll(async () => {
    client.close();
    await gateway.close();
    await auth.close();
  });

  it.each([
    ['OPTIONS /uploads', 204],
    ['POST /uploads', 401],
    ['POST /upload', 401],
    ['PATCH /me', 401],
  ])('%s is over when the body has come, and its connection good for others', async (line, status) => {
    const arrived = once(gateway.server, 'request');
    const answered = client.exchange([requestBytes(line, [], Buffer.from('not read by anybody'))]);
    const [req] = (await arrived) as [IncomingMessage]; // the form of this event
    // Otherwise the connection would be cut later, whatever is under way on it then.
    await once(req, 'close', { signal: AbortSignal.timeout(4000) });
    expect((await answered).status).toBe(status);
    expect((await client.exchange([requestBytes('GET /healthz', [])])).status).toBe(200);
  });
});

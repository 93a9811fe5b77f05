import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { startFakeAuth, type FakeAuth } from './fake-auth.ts';
import { startGateway, type GatewayUnderTest } from './gateway-harness.ts';

/** What auth was asked for, by anybody. */
const asked: string[] = [];
let auth: FakeAuth;
let gateway: GatewayUnderTest;
beforeAll(async () => {
  auth = await startFakeAuth((req, res) => {
    asked.push(`${req.method ?? ''} ${req.url ?? ''}`);
    const principal = { userId: newId(), email: 'ada@example.org', role: 'admin' };
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(principal));
  });
  gateway = await startGateway(auth);
});
afterAll(async () => {
  await gateway.close();
  await auth.close();
});

/** Sends this request line over a bare socket, since clients tidy paths up. */
async function ask(method: string, target: string): Promise<string> {
  const socket = connect(gateway.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    `${method} ${target} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer token\r\n` +
      'Content-Length: 0\r\nConnection: close\r\n\r\n',
  );
  return text(socket);
}

describe('the routes of auth that are for the cluster alone', () => {
  it.each([
    '/validate',
    '/validate/',
    '/validate?x=/login',
    '/Validate',
    '//validate',
    '/./validate',
    '/login/../validate',
    '/login/..%2fvalidate',
    '/login%2f..%2fvalidate',
    '/%76alidate',
    '/login;/../validate',
    '/login/validate',
    '/logout/../validate',
    'http://gateway/validate',
    'http://auth/validate',
    '/healthz/../validate',
    '/login/../metrics',
    '/users',
    '/admin',
    '/admin/users/x',
    '/admin/users/../../validate',
    '/admin/users/..%2f..%2fvalidate/reset-password',
    '/admin/users/%2e%2e/reset-password',
    '/admin/users/x/../validate',
    '/Admin/users',
    '/admin/users/',
  ])('%s cannot be reached through the gateway', async (target) => {
    for (const method of ['POST', 'GET', 'PUT', 'HEAD', 'OPTIONS']) {
      asked.length = 0;
      const answer = await ask(method, target);
      expect(answer).toMatch(/^HTTP\/1\.1 (400|401|404|405) /);
      expect(answer).not.toContain('ada@example.org');
      // Nothing at all, or the gateway's own question whose token this is.
      expect(asked.filter((request) => request !== 'POST /validate')).toEqual([]);
    }
  });

  it('and what can be reached is asked for under its own name, whatever the query', async () => {
    for (const path of ['/login', '/register', '/logout', '/password']) {
      asked.length = 0;
      expect(await ask('POST', `${path}?/../validate`)).toMatch(/^HTTP\/1\.1 200 /);
      expect(asked).toEqual([`POST ${path}`]);
    }
  });
});

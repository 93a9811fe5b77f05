import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { pathMethods } from '../src/routes/method-rules.ts';
import { nothing, startAuth, startGateway, type GatewayUnderTest, type TestAuth } from './gateway-harness.ts';
import { queuedJob } from './job-maker.ts';
import { MULTIPART_TYPE } from './multipart-body.ts';
import { expectProblem } from './problem.ts';
import { sendRaw } from './raw-http.ts';

let auth: TestAuth;
let gateway: GatewayUnderTest;
beforeAll(async () => {
  auth = await startAuth();
  gateway = await startGateway(auth);
});
afterAll(async () => {
  await gateway.close();
  await auth.close();
});

const methods = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options', 'trace'] as const;

describe('methods', () => {
  const refused = Object.entries(pathMethods).flatMap(([path, allowed]) =>
    methods
      .filter((method) => !allowed.includes(method.toUpperCase()))
      .map((method) => ({ method, path, allow: allowed.join(', ') })),
  );

  it.each(refused)('$method $path: 405 with Allow: $allow', async ({ method, path, allow }) => {
    const answer = await gateway.client[method](path.replace(':id', newId()));
    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toBe(allow);
    if (method !== 'head') expectProblem(answer, 'METHOD_NOT_ALLOWED');
  });

  it('HEAD of the events does not wait for the job to end', async () => {
    const { id } = await queuedJob(gateway, auth.ada);
    await gateway.as(auth.ada).head(`/jobs/${id}/events`).expect(405).expect('Allow', 'GET');
  });

  it.each(Object.entries(pathMethods))('%s takes all of %j', async (path, allowed) => {
    for (const method of methods.filter((name) => allowed.includes(name.toUpperCase()))) {
      const { status } = await gateway.client[method](path.replace(':id', newId()));
      expect([method, status]).not.toEqual([method, 405]);
      expect([method, status]).not.toEqual([method, 500]);
    }
  });
});

describe('paths', () => {
  it.each([
    ...['/metrics', '/validate', '/nothing', '/jobs/a/b/c', '/favicon.ico', '/.env', '/..%2f..', '/a%00b'],
    ...['/uploads/a/b', '/openapi.yaml?x', '/constructor', '/__proto__'],
  ])('%s: 404 for every method', async (path) => {
    for (const method of methods.filter((name) => name !== 'head')) {
      expectProblem(await gateway.as(auth.ada)[method](path), 'NOT_FOUND');
    }
  });

  it.each(['/%E0%A4%A', '/jobs/%E0%A4%A', '/jobs/%', '/jobs/%zz/audio', '/%ff'])('%s: 400', async (path) => {
    expectProblem(await gateway.as(auth.ada).get(path), 'BAD_REQUEST');
  });

  it('a query that cannot be decoded is what it is', async () => {
    expectProblem(await gateway.as(auth.ada).get('/download?fid=%E0%A4%A'), 'NOT_FOUND');
    expectProblem(await gateway.as(auth.ada).get('/jobs?limit=%E0%A4%A'), 'INVALID_INPUT');
  });

  it.each(['/Login', '/LOGIN', '/login/'])('%s is not handed on to auth', async (path) => {
    expectProblem(await gateway.client.post(path), 'NOT_FOUND');
  });

  it('a path that is far too long: 404, and not all of it back', async () => {
    const answer = await gateway.client.get(`/${'x'.repeat(10_000)}`);
    expectProblem(answer, 'NOT_FOUND');
    expect(answer.text.length).toBeLessThan(1000);
  });

  it('GET / says what is here', async () => {
    const answer = await gateway.client.get('/').expect(200);
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    for (const path of Object.keys(pathMethods).filter((name) => !/z$|:id|:file/.test(name))) {
      expect(answer.text).toContain(path);
    }
  });
});

describe('every answer', () => {
  it.each(['/', '/healthz', '/jobs', '/nothing'])(
    '%s keeps browsers from mischief and tells no software',
    async (path) => {
      const { headers } = await gateway.client.get(path);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none';frame-ancestors 'none';sandbox",
        'x-frame-options': 'SAMEORIGIN',
      });
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('server');
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    },
  );
});

describe('bytes that are no proper HTTP', () => {
  const head = () => `POST /upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${auth.ada.token}\r\n`;
  const close = 'Connection: close\r\n';
  const type = `Content-Type: ${MULTIPART_TYPE}\r\n`;

  it.each<[string, number, () => string]>([
    [
      'Content-Length and Transfer-Encoding',
      400,
      () => `${head()}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['two Content-Lengths', 400, () => `${head()}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`],
    ['two equal Content-Lengths', 400, () => `${head()}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`],
    ['a negative Content-Length', 400, () => `${head()}Content-Length: -1\r\n\r\n`],
    ['a Content-Length in words', 400, () => `${head()}Content-Length: five\r\n\r\n`],
    [
      'a Content-Length that is too large for a number',
      400,
      () => `${head()}Content-Length: ${'9'.repeat(40)}\r\n\r\n`,
    ],
    ['an unknown Transfer-Encoding', 400, () => `${head()}Transfer-Encoding: gzip, odd\r\n\r\nhello`],
    ['chunked that is not last', 400, () => `${head()}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`],
    ['a bad chunk', 400, () => `${head()}${type}Transfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n`],
    [
      'a chunk that is longer than it says',
      400,
      () => `${head()}${type}Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n`,
    ],
    ['bare line feeds', 400, () => 'GET /jobs HTTP/1.1\nHost: x\n\n'],
    ['no Host', 400, () => `GET /jobs HTTP/1.1\r\n${close}\r\n`],
    ['a space before the colon', 400, () => 'GET /jobs HTTP/1.1\r\nHost : x\r\n\r\n'],
    ['NUL in a header', 400, () => 'GET /jobs HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n'],
    ['noise', 400, () => '\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n'],
    ['an unknown method', 400, () => 'BREW / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a header of 20 kB', 431, () => `GET /jobs HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['an odd expectation', 417, () => `GET /jobs HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n${close}\r\n`],
  ])('%s: %d', async (_what, status, bytes) => {
    const answer = await sendRaw(gateway.port, bytes());
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${String(status)} `));
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1); // nothing of it was taken for a second request
    expect(await gateway.leftovers()).toMatchObject({
      ...nothing,
      jobs: expect.anything(),
      files: expect.anything(),
    });
  });

  it('an absolute address and a second Host are no way to anything else', async () => {
    const answer = await sendRaw(
      gateway.port,
      `GET http://elsewhere/healthz HTTP/1.1\r\nHost: x\r\n${close}\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 (200|400|404) /);
  });

  it('leave the server in order', async () => {
    await gateway.client.get('/healthz').expect(200);
  });
});

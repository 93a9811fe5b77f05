import type { RequestListener } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { deadUrl, startFakeAuth, type FakeAuth } from './fake-auth.ts';
import { nothing, startGateway, type GatewayUnderTest } from './gateway-harness.ts';
import { END, filePart, MULTIPART_TYPE } from './multipart-body.ts';
import { expectProblem } from './problem.ts';

/** What the server in the place of auth does in this test. */
let behave: RequestListener;
let fake: FakeAuth;
/** In front of that server. */
let gateway: GatewayUnderTest;
/** In front of a closed port. */
let forsaken: GatewayUnderTest;
beforeAll(async () => {
  fake = await startFakeAuth((req, res) => {
    behave(req, res);
  });
  gateway = await startGateway(fake);
  forsaken = await startGateway({ url: await deadUrl() });
});
afterAll(async () => {
  await Promise.all([gateway.close(), forsaken.close()]);
  await fake.close();
});

const ada = { userId: newId(), email: 'ada@example.org', role: 'user' };
const json = { 'content-type': 'application/json' };

/** RELIABILITY promises an answer within 2 s; the number is the product's, not this machine's. */
const PROMISED_MS = 2000;

async function expectUnavailable(
  front: GatewayUnderTest,
  method: 'get' | 'post',
  path: string,
): Promise<void> {
  const startedAt = performance.now();
  const answer = await front.client[method](path).set('Authorization', `Bearer ${newId()}`);
  expect(performance.now() - startedAt).toBeLessThan(PROMISED_MS);
  expectProblem(answer, 'AUTH_UNAVAILABLE');
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
}

describe('auth is down', () => {
  it.each([
    ['get', '/jobs'],
    ['get', '/jobs/0198f2c0-0000-7000-8000-000000000000/audio'],
    ['post', '/login'],
    ['post', '/register'],
    ['post', '/logout'],
    ['post', '/password'],
  ] as const)('%s %s: 503 with Retry-After', async (method, path) => {
    await expectUnavailable(forsaken, method, path);
  });

  it('takes no upload', async () => {
    const upload = forsaken.client.post('/upload').set('Authorization', 'Bearer token');
    const body = Buffer.concat([filePart('a.mp4', 'bytes'), END]);
    expectProblem(await upload.set('Content-Type', MULTIPART_TYPE).send(body), 'AUTH_UNAVAILABLE');
    expect(await forsaken.leftovers()).toEqual(nothing);
  });

  it('is alive but not ready', async () => {
    await forsaken.client.get('/healthz').expect(200);
    const answer = await forsaken.client.get('/readyz').expect(503);
    expect(answer.body).toEqual({
      status: 'not ready',
      checks: { auth: 'unavailable' },
    });
  });
});

describe('auth is slow', () => {
  it('503 with Retry-After when it never answers, for a check and for a login', async () => {
    behave = () => undefined;
    await Promise.all([
      expectUnavailable(gateway, 'get', '/jobs'),
      expectUnavailable(gateway, 'post', '/login'),
    ]);
  });

  it('503 when the answer begins and never ends', async () => {
    behave = (_req, res) => res.writeHead(200, json).write('{"userId":');
    await expectUnavailable(gateway, 'get', '/jobs');
  });
});

describe('auth answers nonsense: nobody is let in, and nobody is told to log in again', () => {
  it.each<[string, RequestListener]>([
    ['500', (_req, res) => res.writeHead(500, json).end('{}')],
    ['429', (_req, res) => res.writeHead(429).end()],
    ['204', (_req, res) => res.writeHead(204).end()],
    ['a redirect', (_req, res) => res.writeHead(302, { location: '/elsewhere' }).end()],
    ['a page of a proxy', (_req, res) => res.writeHead(200, { 'content-type': 'text/html' }).end('<html>')],
    ['JSON that is cut off', (_req, res) => res.writeHead(200, json).end('{"userId":"')],
    ['an empty object', (_req, res) => res.writeHead(200, json).end('{}')],
    ['null', (_req, res) => res.writeHead(200, json).end('null')],
    [
      'an unknown role',
      (_req, res) => res.writeHead(200, json).end(JSON.stringify({ ...ada, role: 'root' })),
    ],
    ['a closed connection', (req) => req.socket.destroy()],
  ])('%s', async (_name, answer) => {
    behave = answer;
    await expectUnavailable(gateway, 'get', '/jobs');
  });
});

describe('what the gateway remembers', () => {
  /** Counts how often auth is asked, and says what it is told to. */
  function countQuestions(status: number): { asked: number; status: number } {
    const auth = { asked: 0, status };
    behave = (_req, res) => {
      auth.asked += 1;
      res.writeHead(auth.status, json).end(JSON.stringify(ada));
    };
    return auth;
  }

  /** Every test has a token that no other has used. */
  function newcomer() {
    const token = newId();
    return {
      get: () => gateway.client.get('/jobs').auth(token, { type: 'bearer' }),
      logOut: () => gateway.client.post('/logout').auth(token, { type: 'bearer' }),
    };
  }

  it('a good answer, for at most 5 seconds', async () => {
    const auth = countQuestions(200);
    const { get } = newcomer();
    await get().expect(200);
    await get().expect(200);
    expect(auth.asked).toBe(1);
    auth.status = 401;
    gateway.elapse(5001);
    expectProblem(await get(), 'INVALID_TOKEN');
    expect(auth.asked).toBe(2);
  });

  it('and no longer when auth is away', async () => {
    const auth = countQuestions(200);
    const { get } = newcomer();
    await get().expect(200);
    auth.status = 500;
    await get().expect(200);
    gateway.elapse(5001);
    expectProblem(await get(), 'AUTH_UNAVAILABLE');
  });

  it('no bad answer', async () => {
    const auth = countQuestions(401);
    const { get } = newcomer();
    expectProblem(await get(), 'INVALID_TOKEN');
    auth.status = 503;
    expectProblem(await get(), 'AUTH_UNAVAILABLE');
    auth.status = 200;
    await get().expect(200);
  });

  it('asks once for requests that come together', async () => {
    const allThere = Promise.withResolvers<undefined>();
    let arrived = 0;
    const count = (): void => {
      arrived += 1;
      if (arrived === 10) allThere.resolve(undefined);
    };
    gateway.server.on('request', count);
    let asked = 0;
    behave = (_req, res) => {
      asked += 1;
      void allThere.promise.then(() => res.writeHead(200, json).end(JSON.stringify(ada)));
    };
    const { get } = newcomer();
    const answers = Array.from({ length: 10 }, () => get().then(({ status }) => status));
    expect(await Promise.all(answers)).toEqual(Array<number>(10).fill(200));
    gateway.server.off('request', count);
    expect(asked).toBe(1);
  });

  it('nothing of a token after a logout', async () => {
    const auth = countQuestions(200);
    const { get, logOut } = newcomer();
    await get().expect(200);
    await logOut().expect(200);
    auth.status = 401;
    expectProblem(await get(), 'INVALID_TOKEN');
  });

  it('no answer that was asked for before a logout and came after it', async () => {
    const asked = Promise.withResolvers<undefined>();
    const loggedOut = Promise.withResolvers<undefined>();
    behave = (req, res) => {
      if (req.url === '/logout') {
        res.writeHead(204).end();
        return;
      }
      asked.resolve(undefined);
      void loggedOut.promise.then(() => res.writeHead(200, json).end(JSON.stringify(ada)));
    };
    const { get, logOut } = newcomer();
    const early = get().then(({ status }) => status);
    await asked.promise;
    await logOut().expect(204);
    loggedOut.resolve(undefined);
    expect(await early).toBe(200);
    countQuestions(401);
    expectProblem(await get(), 'INVALID_TOKEN');
  });

  it('still a token whose logout failed', async () => {
    const auth = countQuestions(200);
    const { get, logOut } = newcomer();
    await get().expect(200);
    auth.status = 503;
    await logOut().expect(503);
    await get().expect(200);
  });
});

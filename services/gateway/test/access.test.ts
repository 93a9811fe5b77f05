import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import request, { type Response } from 'supertest';
import {
  startAuth,
  startGateway,
  type GatewayUnderTest,
  type Person,
  type TestAuth,
} from './gateway-harness.ts';
import { queuedJob } from './job-maker.ts';
import { expiredClaims, forgeToken } from './forged-tokens.ts';
import { expectProblem } from './problem.ts';

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

type Method = 'get' | 'head' | 'post';

/** A refusal to HEAD has no body to look at. */
function expectRefusal(
  answer: Response,
  method: Method,
  status: number,
  code: 'NOT_FOUND' | 'NO_TOKEN' | 'INVALID_TOKEN',
) {
  expect(answer.status).toBe(status);
  if (method !== 'head') expectProblem(answer, code);
}

describe.each([
  { method: 'get', path: '/jobs' },
  { method: 'head', path: '/jobs' },
  { method: 'get', path: '/me' },
  { method: 'head', path: '/me' },
  { method: 'post', path: '/upload' },
  { method: 'get', path: '/download' },
  { method: 'get', path: '/download?fid=0198f2c0-0000-7000-8000-000000000000' },
  { method: 'get', path: '/jobs/0198f2c0-0000-7000-8000-000000000000' },
  { method: 'get', path: '/jobs/nonsense' },
] as const)('$method $path', ({ method, path }) => {
  it('asks for a token before anything else', async () => {
    expectRefusal(await gateway.client[method](path), method, 401, 'NO_TOKEN');
  });

  it('refuses a bad token before anything else', async () => {
    const answer = await gateway.client[method](path).set('Authorization', 'Bearer not.a.token');
    expectRefusal(answer, method, 401, 'INVALID_TOKEN');
  });
});

describe('what needs no token', () => {
  it.each(['/', '/healthz', '/readyz'])('%s', async (path) => {
    await gateway.client.get(path).expect(200);
  });
});

describe('GET /jobs', () => {
  it('shows everybody their own jobs alone, administrators too', async () => {
    const ofAda = await queuedJob(gateway, auth.ada);
    const ofAdmin = await queuedJob(gateway, auth.admin);
    const seenBy = async (person: Person): Promise<string[]> => {
      const { body } = await gateway.as(person).get('/jobs?limit=100').expect(200);
      return (body as { jobs: { id: string }[] }).jobs.map(({ id }) => id);
    };
    expect(await seenBy(auth.ada)).toContain(ofAda.id);
    expect(await seenBy(auth.admin)).toEqual([ofAdmin.id]);
    expect(await seenBy(auth.bob)).toEqual([]);
  });
});

describe('tokens', () => {
  const forge = (changes?: Parameters<typeof forgeToken>[1]): string => forgeToken(auth.ada, changes);

  it('accepts one that is made as auth makes them, so that the others fail for their own reason', async () => {
    await gateway.client.get('/jobs').set('Authorization', `Bearer ${forge()}`).expect(200);
  });

  it.each([
    ['an expired one', () => forge({ claims: expiredClaims() })],
    ['alg none', () => forge({ alg: 'none' })],
    ['HS512', () => forge({ alg: 'HS512' })],
    ['an unknown key id', () => forge({ kid: 'k9' })],
    ['another secret', () => forge({ secret: 'another-secret-of-at-least-32-byte' })],
    ['a foreign audience', () => forge({ claims: { aud: 'somebody-else' } })],
    ['a foreign issuer', () => forge({ claims: { iss: 'somebody-else' } })],
    ['no expiry', () => forge({ claims: { exp: undefined } })],
    ['an unknown user', () => forge({ claims: { sub: newId() } })],
    [
      'changed claims',
      () =>
        auth.ada.token.replace(
          /\.[^.]+\./,
          `.${forge({ claims: { sub: auth.bob.userId } }).split('.')[1] ?? ''}.`,
        ),
    ],
    ['one that is far too long', () => 'x'.repeat(5000)],
  ])('refuses %s', async (_name, token) => {
    expectProblem(
      await gateway.client.get('/jobs').set('Authorization', `Bearer ${token()}`),
      'INVALID_TOKEN',
    );
  });

  it.each(['Bearer', 'Bearer ', 'Basic YWRhOnB3', 'Bearer two parts', 'token'])(
    'refuses the header "%s"',
    async (header) => {
      expectProblem(await gateway.client.get('/jobs').set('Authorization', header), 'INVALID_TOKEN');
    },
  );

  it('takes the scheme in any case, as RFC 9110 wants it', async () => {
    await gateway.client.get('/jobs').set('Authorization', `bearer ${auth.ada.token}`).expect(200);
  });

  it('are not taken from the address', async () => {
    expectProblem(await request(gateway.url).get(`/jobs?access_token=${auth.ada.token}`), 'NO_TOKEN');
  });
});

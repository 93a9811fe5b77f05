import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId, type Job } from '@clipscribe/contracts';
import request, { type Response } from 'supertest';
import {
  JWT_SECRET,
  startAuth,
  startGateway,
  type GatewayUnderTest,
  type Person,
  type TestAuth,
} from './gateway-harness.ts';
import { failedJob, queuedJob, succeededJob } from './job-maker.ts';
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

type Method = 'get' | 'head' | 'post' | 'delete';
type JobMaker = (stores: GatewayUnderTest, owner: Person) => Promise<Job>;

const jobRoutes: {
  method: Method;
  path: (job: Job) => string;
  make: JobMaker;
  status: number;
  name: string;
}[] = [
  { name: 'GET job', method: 'get', path: (job) => `/jobs/${job.id}`, make: queuedJob, status: 200 },
  { name: 'HEAD job', method: 'head', path: (job) => `/jobs/${job.id}`, make: queuedJob, status: 200 },
  {
    name: 'GET events',
    method: 'get',
    path: (job) => `/jobs/${job.id}/events`,
    make: succeededJob,
    status: 200,
  },
  {
    name: 'GET audio',
    method: 'get',
    path: (job) => `/jobs/${job.id}/audio`,
    make: succeededJob,
    status: 200,
  },
  {
    name: 'HEAD audio',
    method: 'head',
    path: (job) => `/jobs/${job.id}/audio`,
    make: succeededJob,
    status: 200,
  },
  {
    name: 'GET transcript',
    method: 'get',
    path: (job) => `/jobs/${job.id}/transcript`,
    make: succeededJob,
    status: 200,
  },
  {
    name: 'GET transcript as JSON',
    method: 'get',
    path: (job) => `/jobs/${job.id}/transcript?format=json`,
    make: succeededJob,
    status: 200,
  },
  {
    name: 'download of the MP3',
    method: 'get',
    path: (job) => `/download?fid=${job.audio.fileId ?? ''}`,
    make: succeededJob,
    status: 200,
  },
  {
    name: 'download of the transcript',
    method: 'get',
    path: (job) => `/download?fid=${job.transcript.fileId ?? ''}`,
    make: succeededJob,
    status: 200,
  },
  {
    name: 'download of the source',
    method: 'get',
    path: (job) => `/download?fid=${job.source.fileId}`,
    make: queuedJob,
    status: 200,
  },
  {
    name: 'GET transcripts',
    method: 'get',
    path: (job) => `/jobs/${job.id}/transcripts`,
    make: succeededJob,
    status: 200,
  },
  {
    name: 'GET one version of the transcript',
    method: 'get',
    path: (job) => `/jobs/${job.id}/transcripts/1`,
    make: succeededJob,
    status: 200,
  },
  {
    name: 'new transcript',
    method: 'post',
    path: (job) => `/jobs/${job.id}/transcripts`,
    make: succeededJob,
    status: 202,
  },
  { name: 'retry', method: 'post', path: (job) => `/jobs/${job.id}/retry`, make: failedJob, status: 202 },
  { name: 'cancel', method: 'post', path: (job) => `/jobs/${job.id}/cancel`, make: queuedJob, status: 200 },
  { name: 'DELETE job', method: 'delete', path: (job) => `/jobs/${job.id}`, make: queuedJob, status: 204 },
];

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

describe.each(jobRoutes)('$name', ({ method, path, make, status }) => {
  it('serves the owner', async () => {
    const job = await make(gateway, auth.ada);
    await gateway.as(auth.ada)[method](path(job)).expect(status);
  });

  it('serves an administrator', async () => {
    const job = await make(gateway, auth.ada);
    await gateway.as(auth.admin)[method](path(job)).expect(status);
  });

  it('does not exist for anybody else, and nothing changes', async () => {
    const job = await make(gateway, auth.ada);
    expectRefusal(await gateway.as(auth.bob)[method](path(job)), method, 404, 'NOT_FOUND');
    expect((await gateway.jobs.get(job.id))?.job).toEqual(
      expect.objectContaining({ state: job.state, run: job.run }),
    );
    expect(await gateway.files.stat(job.source.fileId)).not.toBeNull();
  });

  it('asks for a token, and nothing changes', async () => {
    const job = await make(gateway, auth.ada);
    const answer = await gateway.client[method](path(job));
    expectRefusal(answer, method, 401, 'NO_TOKEN');
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    expect((await gateway.jobs.get(job.id))?.job.state).toBe(job.state);
  });

  it('refuses a bad token, and nothing changes', async () => {
    const job = await make(gateway, auth.ada);
    const answer = await gateway.client[method](path(job)).set('Authorization', 'Bearer not.a.token');
    expectRefusal(answer, method, 401, 'INVALID_TOKEN');
    expect((await gateway.jobs.get(job.id))?.job.state).toBe(job.state);
  });
});

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
  const now = Math.floor(Date.now() / 1000);
  const hashes = { HS256: 'sha256', HS512: 'sha512', none: undefined } as const;

  /** A token as auth makes it, apart from what is given here. */
  function forge(changes: {
    alg?: keyof typeof hashes;
    kid?: string;
    claims?: object;
    secret?: string;
  }): string {
    const { alg = 'HS256', kid = kidOfAda(), claims = {}, secret = JWT_SECRET } = changes;
    const good = {
      sub: auth.ada.userId,
      jti: newId(),
      iss: 'clipscribe-auth',
      aud: 'clipscribe',
      iat: now,
      exp: now + 600,
      epoch: epochOfAda(),
    };
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${encode({ alg, typ: 'JWT', kid })}.${encode({ ...good, ...claims })}`;
    const hash = hashes[alg];
    return `${signed}.${hash === undefined ? '' : createHmac(hash, secret).update(signed).digest('base64url')}`;
  }

  function kidOfAda(): string {
    const header = Buffer.from(auth.ada.token.split('.')[0] ?? '', 'base64url').toString();
    return (JSON.parse(header) as { kid: string }).kid; // ada's token is auth's own
  }

  function epochOfAda(): number {
    const claims = Buffer.from(auth.ada.token.split('.')[1] ?? '', 'base64url').toString();
    return (JSON.parse(claims) as { epoch: number }).epoch; // ada's token is auth's own
  }

  it('accepts one that is made as auth makes them, so that the others fail for their own reason', async () => {
    await gateway.client
      .get('/jobs')
      .set('Authorization', `Bearer ${forge({})}`)
      .expect(200);
  });

  it.each([
    ['an expired one', () => forge({ claims: { iat: now - 700, exp: now - 100 } })],
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

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { meSchema, type Me } from '@clipscribe/contracts';
import { UnavailableError } from '@clipscribe/runtime';
import {
  startAuth,
  startGateway,
  type GatewayUnderTest,
  type Person,
  type TestAuth,
} from './gateway-harness.ts';
import { queuedJob, sourceBytes, succeededJob, mp3Bytes } from './job-maker.ts';
import { expectProblem } from './problem.ts';

let auth: TestAuth;
let gateway: GatewayUnderTest;
let limited: GatewayUnderTest;
beforeAll(async () => {
  auth = await startAuth();
  gateway = await startGateway(auth);
  limited = await startGateway(
    auth,
    { maxUploadBytes: 7000, maxFiles: 3 },
    { quotas: { storedBytes: 5000, minutesPerDay: 60, jobsAtOnce: 4 } },
  );
});
afterEach(async () => {
  await gateway.reset();
});
afterAll(async () => {
  await gateway.close();
  await limited.close();
  await auth.close();
});

const get = async (person: Person, from = gateway): Promise<Me> =>
  meSchema.strict().parse((await from.as(person).get('/me').expect(200)).body);

const patch = (person: Person, body: object | string) =>
  gateway
    .as(person)
    .patch('/me')
    .set('Content-Type', 'application/json')
    .send(typeof body === 'string' ? body : JSON.stringify(body));

describe('GET /me', () => {
  it('says who is asking, what they want, may use and have used', async () => {
    const { userId, email } = auth.ada;
    expect(await get(auth.ada)).toEqual({
      ...{ userId, email, role: 'user' },
      mail: { ready: true, failed: true },
      limits: {
        ...{ storedBytes: null, minutesPerDay: null, jobsAtOnce: null },
        ...{ uploadBytes: 1_000_000, filesPerUpload: 5 },
      },
      used: { storedBytes: 0, minutesPerDay: 0, jobsAtOnce: 0 },
    });
    expect(await get(auth.admin)).toMatchObject({ email: 'root@example.org', role: 'admin' });
  });

  it('shows the limits of this server', async () => {
    expect((await get(auth.ada, limited)).limits).toEqual({
      ...{ storedBytes: 5000, minutesPerDay: 60, jobsAtOnce: 4 },
      ...{ uploadBytes: 7000, filesPerUpload: 3 },
    });
  });

  it('counts what the jobs of this person take, and nobody else’s', async () => {
    await queuedJob(gateway, auth.ada);
    await succeededJob(gateway, auth.ada);
    await succeededJob(gateway, auth.bob);
    const { used } = await get(auth.ada);
    expect(used).toMatchObject({ jobsAtOnce: 1, minutesPerDay: 0.1 }); // 4 s
    expect(used.storedBytes).toBe(2 * sourceBytes.length + mp3Bytes.length);
    expect((await get(auth.admin)).used).toEqual({ storedBytes: 0, minutesPerDay: 0, jobsAtOnce: 0 });
  });

  it('counts uploads under way', async () => {
    const intent = { id: '01990000-0000-7000-8000-000000000000', ownerId: auth.ada.userId, fileIds: [] };
    await gateway.jobs.openIntent({ ...intent, reservedBytes: 300, reservedJobs: 2 });
    expect((await get(auth.ada)).used).toMatchObject({ storedBytes: 300, jobsAtOnce: 2 });
  });

  it('has a head', async () => {
    const answer = await gateway.as(auth.ada).head('/me').expect(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
  });
});

describe('PATCH /me', () => {
  it('turns each kind of mail off and on by itself, for this person alone', async () => {
    const off = await patch(auth.ada, { mail: { ready: false } });
    expect(off.status).toBe(200);
    expect(meSchema.parse(off.body).mail).toEqual({ ready: false, failed: true });
    await patch(auth.ada, { mail: { failed: false } }).expect(200);
    expect((await get(auth.ada)).mail).toEqual({ ready: false, failed: false });
    expect((await get(auth.bob)).mail).toEqual({ ready: true, failed: true });
    expect((await gateway.owners.get(auth.ada.userId)).mail).toEqual({ ready: false, failed: false });
    await patch(auth.ada, { mail: { ready: true, failed: true } }).expect(200);
    expect((await get(auth.ada)).mail).toEqual({ ready: true, failed: true });
  });

  it('writes nothing when nothing changes, and keeps what else was chosen', async () => {
    const uploadSecrets = [{ value: 'whsec_c2VjcmV0', createdAt: 1 }];
    const before = await gateway.owners.get(auth.bob.userId);
    await gateway.owners.replace({ ...before, uploadSecrets }, before.version);
    for (const body of [{}, { mail: {} }, { mail: { ready: true } }]) await patch(auth.bob, body).expect(200);
    expect(await gateway.owners.get(auth.bob.userId)).toMatchObject({ version: before.version + 1 });
    await patch(auth.bob, { mail: { ready: false } }).expect(200);
    expect(await gateway.owners.get(auth.bob.userId)).toMatchObject({
      uploadSecrets,
      mail: { ready: false },
    });
  });

  it.each([
    [{ mail: { ready: 'no' } }, 'INVALID_INPUT'],
    [{ mail: { sometimes: true } }, 'INVALID_INPUT'],
    [{ mail: null }, 'INVALID_INPUT'],
    [{ email: 'eve@example.org' }, 'INVALID_INPUT'],
    [{ role: 'admin' }, 'INVALID_INPUT'],
    ['[]', 'INVALID_INPUT'],
    ['{', 'INVALID_JSON'],
    ['{"__proto__":{"mail":{}}}', 'INVALID_INPUT'],
  ] as const)('refuses %j', async (body, code) => {
    expectProblem(await patch(auth.admin, body), code);
    expect((await gateway.owners.get(auth.admin.userId)).version).toBe(0);
  });

  it('takes JSON alone, and little of it', async () => {
    expectProblem(await gateway.as(auth.ada).patch('/me').type('form').send('a=b'), 'UNSUPPORTED_TYPE');
    expectProblem(await patch(auth.ada, `{"mail":"${'x'.repeat(20_000)}"}`), 'TOO_LARGE');
  });
});

describe('/me', () => {
  it.each(['get', 'head', 'patch'] as const)('asks for a token: %s', async (method) => {
    const answer = await gateway.client[method]('/me');
    expect(answer.status).toBe(401);
    const bad = await gateway.client[method]('/me').set('Authorization', 'Bearer not.a.token');
    expect(bad.status).toBe(401);
  });

  it('takes no other method', async () => {
    const answer = await gateway.as(auth.ada).delete('/me');
    expectProblem(answer, 'METHOD_NOT_ALLOWED');
    expect(answer.headers['allow']).toBe('GET, HEAD, PATCH');
  });

  it('is not available while the settings of owners are not', async () => {
    const away = () => Promise.reject(new UnavailableError('owner store'));
    Object.assign(gateway.faults.owners, { get: away });
    for (const answer of [await gateway.as(auth.ada).get('/me'), await patch(auth.ada, { mail: {} })]) {
      expectProblem(answer, 'STORE_UNAVAILABLE');
      expect(answer.headers['retry-after']).toBe('5');
    }
  });
});

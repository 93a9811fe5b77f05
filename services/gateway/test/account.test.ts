import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { loginAnswerSchema } from '@clipscribe/contracts';
import { startFakeAuth } from './fake-auth.ts';
import {
  password,
  startAuth,
  startGateway,
  type GatewayUnderTest,
  type TestAuth,
} from './gateway-harness.ts';
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

describe('POST /login', () => {
  it('gives the raw token as text for HTTP Basic, as curl -u sends it', async () => {
    const answer = await gateway.client.post('/login').auth('ada@example.org', password).expect(200);
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.text).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    await gateway.client.get('/jobs').auth(answer.text, { type: 'bearer' }).expect(200);
  });

  it('takes JSON and gives JSON to those who ask for it', async () => {
    const login = gateway.client.post('/login').set('Accept', 'application/json');
    const answer = await login.send({ email: 'ada@example.org', password }).expect(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    const { token } = loginAnswerSchema.parse(answer.body);
    await gateway.client.get('/jobs').auth(token, { type: 'bearer' }).expect(200);
  });

  it('hands back the refusal of auth with its challenge', async () => {
    const answer = await gateway.client.post('/login').auth('ada@example.org', 'wrong');
    expectProblem(answer, 'WRONG_CREDENTIALS');
    expect(answer.headers['www-authenticate']).toMatch(/^Basic/);
  });

  it('hands back what auth says of a body that it cannot read', async () => {
    const answer = await gateway.client.post('/login').type('json').send('{"email":');
    expectProblem(answer, 'INVALID_JSON');
  });

  it('takes 10 kB and no more', async () => {
    const body = (bytes: number) => JSON.stringify({ email: 'a'.repeat(bytes - 12) });
    expect(body(10_000)).toHaveLength(10_000);
    expectProblem(await gateway.client.post('/login').type('json').send(body(10_000)), 'INVALID_INPUT');
    expectProblem(await gateway.client.post('/login').type('json').send(body(10_001)), 'TOO_LARGE');
  });

  it('does not unpack anything', async () => {
    const packed = gateway.client.post('/login').type('json').set('Content-Encoding', 'gzip');
    expectProblem(await packed.send('{}'), 'UNSUPPORTED_TYPE');
  });
});

describe('the other account routes', () => {
  it('POST /register makes an account', async () => {
    const account = { email: 'eve@example.org', password };
    const answer = await gateway.client.post('/register').send(account).expect(201);
    expect(answer.body).toMatchObject({ email: 'eve@example.org' });
    expectProblem(await gateway.client.post('/register').send(account), 'EMAIL_TAKEN');
    await gateway.client.post('/login').send(account).expect(200);
  });

  it('POST /password ends every token at once, also one that was just used', async () => {
    const account = { email: 'joan@example.org', password };
    await gateway.client.post('/register').send(account).expect(201);
    const joan = await auth.signIn(account.email);
    await gateway.as(joan).get('/jobs').expect(200);
    const passwords = { currentPassword: password, newPassword: 'a:quite:different:passphrase' };
    await gateway.as(joan).post('/password').send(passwords).expect(204);
    expectProblem(await gateway.as(joan).get('/jobs'), 'INVALID_TOKEN');
  });

  it('POST /logout ends this token at once, also one that was just used', async () => {
    const bob = await auth.signIn('bob@example.org');
    await gateway.as(bob).get('/jobs').expect(200);
    await gateway.as(bob).post('/logout').expect(204);
    expectProblem(await gateway.as(bob).get('/jobs'), 'INVALID_TOKEN');
    await gateway.as(auth.bob).get('/jobs').expect(200);
  });

  it('are what the list says: auth has more, and /validate is not for the public', async () => {
    expectProblem(await gateway.as(auth.ada).post('/validate'), 'NOT_FOUND');
  });
});

describe('what is handed on to auth, and back', () => {
  let close: () => Promise<void> = () => Promise.resolve();
  afterEach(() => close());

  it('is the least: four headers, the body as it came, and no cookies', async () => {
    const seen: { headers: Record<string, unknown>; body: string; url: string | undefined }[] = [];
    const echo = await startFakeAuth((req, res) => {
      let body = '';
      req.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      req.on('end', () => {
        seen.push({ headers: req.headers, body, url: req.url });
        res.writeHead(429, {
          'retry-after': '7',
          'set-cookie': 'a=b',
          'x-inner': 'secret',
          'content-type': 'text/plain',
        });
        res.end('slow down');
      });
    });
    const front = await startGateway(echo);
    close = async () => {
      await front.close();
      await echo.close();
    };
    const answer = await front.client
      .post('/login?next=/elsewhere')
      .set({
        'X-Forwarded-For': '8.8.8.8',
        Cookie: 'a=b',
        'X-Other': 'x',
        'Content-Type': 'text/odd',
        Accept: 'text/plain',
      })
      .send(' {"as":"sent"} ');

    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      url: '/login',
      body: ' {"as":"sent"} ',
      headers: { 'x-forwarded-for': '127.0.0.1', 'content-type': 'text/odd', accept: 'text/plain' },
    });
    expect(seen[0]?.headers).not.toHaveProperty('cookie');
    expect(seen[0]?.headers).not.toHaveProperty('x-other');
    expect(answer.status).toBe(429);
    expect(answer.text).toBe('slow down');
    expect(answer.headers).toMatchObject({ 'retry-after': '7', 'x-content-type-options': 'nosniff' });
    expect(answer.headers).not.toHaveProperty('set-cookie');
    expect(answer.headers).not.toHaveProperty('x-inner');
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openAuth, type AuthUnderTest } from './harness.ts';

describe('hostile and mistaken requests', () => {
  let auth: AuthUnderTest;
  let token: string;
  beforeAll(async () => {
    auth = await openAuth();
    await auth.addUser('ada@example.org');
    token = await auth.signIn('ada@example.org');
  });
  afterAll(() => auth.dispose());

  const post = (path: string, type: string, body: string) =>
    auth.client.post(path).set('Content-Type', type).set('Authorization', `Bearer ${token}`).send(body);

  describe.each(['/login', '/register', '/password'])('%s', (path) => {
    it.each([
      ['bad JSON', '{"email":', 400, 'INVALID_JSON'],
      ['a JSON text', '"hello"', 400, 'INVALID_JSON'],
      ['a list', '[]', 400, 'INVALID_INPUT'],
      ['an empty object', '{}', 400, 'INVALID_INPUT'],
      [
        'an object where a text belongs',
        '{"email":{"a":1},"currentPassword":{},"password":"x"}',
        400,
        'INVALID_INPUT',
      ],
      ['an operator', '{"email":"ada@example.org","password":{"$ne":null}}', 400, 'INVALID_INPUT'],
      [
        'a number for a password',
        '{"email":"ada@example.org","password":12345678901234}',
        400,
        'INVALID_INPUT',
      ],
      [
        '__proto__',
        '{"email":"ada@example.org","password":"x","__proto__":{"role":"admin"}}',
        400,
        'INVALID_INPUT',
      ],
      ['constructor', '{"email":"ada@example.org","password":"x","constructor":{}}', 400, 'INVALID_INPUT'],
      ['too much', JSON.stringify({ email: 'a'.repeat(10_001) }), 413, 'TOO_LARGE'],
    ])('refuses %s', async (_what, body, status, code) => {
      const answer = await post(path, 'application/json', body);
      expect(answer.body).toMatchObject({ status, code });
      expect(answer.status).toBe(status);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    });

    it.each([
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonx',
      'multipart/form-data; boundary=x',
    ])('refuses the content type %s', async (type) => {
      const answer = await post(path, type, '{"email":"ada@example.org","password":"x"}').expect(415);
      expect(answer.body).toMatchObject({ code: 'UNSUPPORTED_TYPE' });
    });

    it('refuses a charset that is not Unicode', async () => {
      await post(path, 'application/json; charset=x-unknown', '{}').expect(415);
    });
  });

  it('refuses __proto__ among otherwise right fields', async () => {
    const proto = '"__proto__":{"admin":true}';
    await post('/login', 'application/json', `{"email":"a@b.org","password":"x",${proto}}`).expect(400);
    await post('/password', 'application/json', `{"currentPassword":"x","newPassword":"y",${proto}}`).expect(
      400,
    );
    const body = `{"email":"eve@example.org","password":"purple teapot orbits",${proto}}`;
    await post('/register', 'application/json', body).expect(400);
    expect(await auth.users.findByEmail('eve@example.org')).toBeNull();
  });

  describe.each(['/login', '/validate', '/register', '/logout', '/password'])('%s', (path) => {
    it.each(['get', 'put', 'delete', 'patch', 'options'] as const)('does not take %s', async (method) => {
      const answer = await auth.client[method](path).expect(405);
      expect(answer.headers['allow']).toBe('POST');
      expect(answer.body).toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
    });
  });

  it.each([
    ['/admin/users', 'delete', 'GET, POST'],
    ['/admin/users', 'head', 'GET, POST'],
    ['/admin/users/x', 'get', 'PATCH'],
    ['/admin/users/x/reset-password', 'get', 'POST'],
  ] as const)('%s does not take %s', async (path, method, allowed) => {
    const answer = await auth.client[method](path).expect(405);
    expect(answer.headers['allow']).toBe(allowed);
  });

  it.each(['/', '/metrics', '/users', '/login/x', '/..%2f..%2fetc'])('answers 404 at %s', async (path) => {
    const answer = await auth.client.get(path).expect(404);
    expect(answer.body).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('says nothing about its making', async () => {
    const answer = await auth.client.get('/');
    expect(answer.headers['x-powered-by']).toBeUndefined();
  });
});

describe('health', () => {
  it('is alive always, and ready only with its users', async () => {
    const auth = await openAuth();
    try {
      await auth.client.get('/healthz').expect(200);
      const ready = await auth.client.get('/readyz').expect(200);
      expect(ready.body).toEqual({ status: 'ready', checks: { users: 'ok' } });
      await auth.users.close();
      await auth.client.get('/healthz').expect(200);
      const unready = await auth.client.get('/readyz').expect(503);
      expect(unready.body).toMatchObject({ checks: { users: 'unavailable' } });
      const login = await auth.client.post('/login').send({ email: 'a@b.org', password: 'x' }).expect(503);
      expect(login.body).toMatchObject({ code: 'STORE_UNAVAILABLE' });
      expect(login.headers['retry-after']).toBe('5');
    } finally {
      await auth.dispose();
    }
  });
});

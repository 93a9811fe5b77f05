import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId, type AddedUser, type ResetPassword, type UserPage } from '@clipscribe/contracts';
import type { User } from '@clipscribe/user-store';
import { goodPassword, openAuth, type AuthUnderTest } from './harness.ts';

describe('accounts, by administrators', () => {
  let auth: AuthUnderTest;
  let admin: User;
  let ada: User;
  let token: string;
  let adas: string;
  beforeEach(async () => {
    auth = await openAuth({ registration: 'closed' });
    admin = await auth.addUser('root@example.org', undefined, 'admin');
    ada = await auth.addUser('ada@example.org');
    token = await auth.signIn('root@example.org');
    adas = await auth.signIn('ada@example.org');
  });
  afterEach(() => auth.dispose());

  const as = (whose: string, method: 'get' | 'post' | 'patch', path: string) =>
    auth.client[method](path).auth(whose, { type: 'bearer' });
  const signIn = (email: string, password: string) => auth.client.post('/login').send({ email, password });
  const list = async (query: string): Promise<UserPage> =>
    (await as(token, 'get', `/admin/users${query}`).expect(200)).body as UserPage; // the contract of the route

  it('are listed in pages, the oldest first, with nothing of their passwords', async () => {
    const answer = await as(token, 'get', '/admin/users').expect(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).toEqual({
      users: [admin, ada].map(({ id, email, role, createdAt }) => ({
        ...{ id, email, role, disabled: false, createdAt: new Date(createdAt).toISOString() },
      })),
      nextCursor: null,
    });
    const first = await list('?limit=1');
    expect(first).toMatchObject({ users: [{ id: admin.id }], nextCursor: admin.id });
    const second = await list(`?limit=1&cursor=${admin.id}`);
    expect(second).toMatchObject({ users: [{ id: ada.id }], nextCursor: null });
  });

  it('are found by a part of their address, in any case', async () => {
    expect(await list('?search=%20ADA@')).toMatchObject({ users: [{ id: ada.id }], nextCursor: null });
    expect(await list('?search=nobody')).toEqual({ users: [], nextCursor: null });
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'cursor=x', 'search=', `search=${'x'.repeat(255)}`])(
    'are not listed by ?%s',
    async (query) => {
      const answer = await as(token, 'get', `/admin/users?${query}`).expect(400);
      expect(answer.body).toMatchObject({ code: 'INVALID_INPUT' });
    },
  );

  it('are made with a random password, also where registration is closed', async () => {
    const answer = await as(token, 'post', '/admin/users').send({ email: 'Bob@example.org ' }).expect(201);
    expect(answer.headers['cache-control']).toBe('no-store');
    const { password, ...bob } = answer.body as AddedUser; // the contract of the route
    expect(bob).toMatchObject({ email: 'bob@example.org', role: 'user', disabled: false });
    expect(password).toMatch(/^[\w-]{24}$/);
    await signIn('bob@example.org', password).expect(200);
    expect((await list('?search=bob')).users).toEqual([bob]);
    const again = await as(token, 'post', '/admin/users').send({ email: 'bob@example.org' }).expect(409);
    expect(again.body).toMatchObject({ code: 'EMAIL_TAKEN' });
  });

  it('may be made as further administrators', async () => {
    const body = { email: 'grace@example.org', role: 'admin' };
    const { password } = (await as(token, 'post', '/admin/users').send(body).expect(201)).body as AddedUser;
    const grace = (await signIn(body.email, password).expect(200)).text;
    await as(grace, 'get', '/admin/users').expect(200);
  });

  it.each([
    [{ email: 'no address' }],
    [{ email: 'eve@example.org', role: 'root' }],
    [{ email: 'eve@example.org', password: goodPassword }],
    [{}],
  ])('are not made of %j', async (body) => {
    const answer = await as(token, 'post', '/admin/users').send(body).expect(400);
    expect(answer.body).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await auth.users.findByEmail('eve@example.org')).toBeNull();
  });

  it('are disabled, with their tokens, and enabled again', async () => {
    const change = (disabled: boolean) => as(token, 'patch', `/admin/users/${ada.id}`).send({ disabled });
    expect((await change(true).expect(200)).body).toMatchObject({ id: ada.id, disabled: true });
    await as(adas, 'post', '/validate').expect(401);
    await signIn('ada@example.org', goodPassword).expect(401);
    expect((await change(false).expect(200)).body).toMatchObject({ id: ada.id, disabled: false });
    await signIn('ada@example.org', goodPassword).expect(200);
  });

  it('get a new password, which ends their tokens', async () => {
    const answer = await as(token, 'post', `/admin/users/${ada.id}/reset-password`).expect(200);
    const { password } = answer.body as ResetPassword; // the contract of the route
    await as(adas, 'post', '/validate').expect(401);
    await signIn('ada@example.org', goodPassword).expect(401);
    await signIn('ada@example.org', password).expect(200);
  });

  it('are never those of the administrator who asks', async () => {
    const own = `/admin/users/${admin.id}`;
    const disabled = await as(token, 'patch', own).send({ disabled: true }).expect(409);
    expect(disabled.body).toMatchObject({ code: 'OWN_ACCOUNT' });
    const reset = await as(token, 'post', `${own}/reset-password`).expect(409);
    expect(reset.body).toMatchObject({ code: 'OWN_ACCOUNT' });
    await as(token, 'get', '/admin/users').expect(200);
  });

  it.each(['x', '..%2f', 'a%00b', newId()])('are not found at %s', async (id) => {
    for (const asked of [
      as(token, 'patch', `/admin/users/${id}`).send({ disabled: true }),
      as(token, 'post', `/admin/users/${id}/reset-password`),
    ]) {
      expect((await asked.expect(404)).body).toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  it('are nothing for anybody else, whatever is sent', async () => {
    const eve = { email: 'eve@example.org', role: 'admin' };
    for (const asked of [
      as(adas, 'get', '/admin/users'),
      as(adas, 'get', '/admin/users?limit=x'),
      as(adas, 'post', '/admin/users').send(eve),
      as(adas, 'post', '/admin/users').send({}),
      as(adas, 'patch', `/admin/users/${admin.id}`).send({ disabled: true }),
      as(adas, 'patch', `/admin/users/${ada.id}`).send({ disabled: true }),
      as(adas, 'post', `/admin/users/${admin.id}/reset-password`),
    ]) {
      expect((await asked.expect(404)).body).toMatchObject({ code: 'NOT_FOUND' });
    }
    expect(await auth.users.findByEmail(eve.email)).toBeNull();
    expect(await auth.users.findById(admin.id)).toEqual(admin);
    expect(await auth.users.findById(ada.id)).toEqual(ada);
  });
});

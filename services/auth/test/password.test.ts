import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { User } from '@clipscribe/user-store';
import { goodPassword, openAuth, quickHasher, type AuthUnderTest } from './harness.ts';

const email = 'ada@example.org';
const newPassword = 'green lamps hum in Oslo';

describe('POST /password', () => {
  let auth: AuthUnderTest;
  let user: User;
  let token: string;
  beforeEach(async () => {
    auth = await openAuth();
    user = await auth.addUser(email);
    token = await auth.signIn(email);
  });
  afterEach(() => auth.dispose());

  const change = (body: object, bearer = token) =>
    auth.client.post('/password').set('Authorization', `Bearer ${bearer}`).send(body);
  const validate = (bearer: string) => auth.client.post('/validate').set('Authorization', `Bearer ${bearer}`);

  it('ends every earlier token and the old password, but no later token, within one millisecond too', async () => {
    const other = await auth.signIn(email);
    await change({ currentPassword: goodPassword, newPassword }).expect(204);
    // The clock of the test stands still: everything here happens in the same millisecond.
    const fresh = await auth.signIn(email, newPassword);
    await validate(token).expect(401);
    await validate(other).expect(401);
    await validate(fresh).expect(200);
    await auth.client.post('/login').send({ email, password: goodPassword }).expect(401);

    await change({ currentPassword: newPassword, newPassword: goodPassword }, fresh).expect(204);
    await validate(fresh).expect(401);
    await validate(await auth.signIn(email)).expect(200);
  });

  it.each([-3_600_000, 3_600_000])('does so when the clock is set by %d ms', async (step) => {
    await change({ currentPassword: goodPassword, newPassword }).expect(204);
    const second = await auth.signIn(email, newPassword);
    auth.clock.now += step / 2;
    const third = await auth.signIn(email, newPassword);
    await validate(third).expect(200);
    await change({ currentPassword: newPassword, newPassword: goodPassword }, third).expect(204);
    for (const earlier of [token, second, third]) await validate(earlier).expect(401);
    await validate(await auth.signIn(email)).expect(200);
  });

  it('ends also the token of a login that checked the old password and answers after the change', async () => {
    const reached = Promise.withResolvers<undefined>();
    const changed = Promise.withResolvers<undefined>();
    const slow = await openAuth({
      hasher: {
        hash: (password) => quickHasher.hash(password),
        matches: async (password, hash) => {
          const right = await quickHasher.matches(password, hash);
          reached.resolve(undefined);
          await changed.promise;
          return right;
        },
        isOutdated: () => false,
      },
    });
    try {
      const { id } = await slow.addUser(email);
      const login = slow.signIn(email);
      await reached.promise;
      await slow.users.setPassword(id, await quickHasher.hash(newPassword), slow.clock.now - 1000);
      changed.resolve(undefined);
      const late = await login;
      await slow.client.post('/validate').set('Authorization', `Bearer ${late}`).expect(401);
    } finally {
      await slow.dispose();
    }
  });

  it('leaves the tokens of others alone', async () => {
    await auth.addUser('grace@example.org');
    const other = await auth.signIn('grace@example.org');
    await change({ currentPassword: goodPassword, newPassword }).expect(204);
    await validate(other).expect(200);
  });

  it('needs the current password', async () => {
    const answer = await change({ currentPassword: 'wrong', newPassword }).expect(401);
    expect(answer.body).toMatchObject({ code: 'WRONG_CREDENTIALS' });
    await validate(token).expect(200);
    expect(await auth.users.findById(user.id)).toEqual(user);
  });

  it('needs a token before it looks at anything else', async () => {
    const answer = await auth.client
      .post('/password')
      .send({ currentPassword: goodPassword, newPassword })
      .expect(401);
    expect(answer.body).toMatchObject({ code: 'NO_TOKEN' });
  });

  it.each(['short', 'x9!'.repeat(25), 'password1234', 'I am ada@example.org'])(
    'refuses "%s" as the new one',
    async (weak) => {
      const answer = await change({ currentPassword: goodPassword, newPassword: weak }).expect(400);
      expect(answer.body).toMatchObject({ code: 'WEAK_PASSWORD' });
      await validate(token).expect(200);
    },
  );

  it.each([{ currentPassword: goodPassword }, { currentPassword: goodPassword, newPassword: 7 }, []])(
    'refuses the body %j',
    async (body) => {
      const answer = await change(body).expect(400);
      expect(answer.body).toMatchObject({ code: 'INVALID_INPUT' });
    },
  );
});

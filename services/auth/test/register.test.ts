import { afterEach, describe, expect, it } from '@jest/globals';
import { idSchema } from '@clipscribe/contracts';
import { goodPassword, openAuth, type AuthUnderTest } from './harness.ts';

const email = 'ada@example.org';

describe('POST /register', () => {
  let auth: AuthUnderTest;
  afterEach(() => auth.dispose());

  const register = (body: object) => auth.client.post('/register').send(body);

  it('makes an account that can sign in', async () => {
    auth = await openAuth();
    const answer = await register({ email: ' Ada@Example.ORG ', password: goodPassword }).expect(201);
    expect(answer.body).toEqual({ userId: expect.any(String), email });
    const { userId } = answer.body as { userId: string };
    expect(idSchema.safeParse(userId).success).toBe(true);
    const user = await auth.users.findByEmail(email);
    expect(user).toMatchObject({ id: userId, role: 'user', disabled: false, createdAt: auth.clock.now });
    expect(user?.passwordHash).toMatch(/^\$2b\$10\$.{53}$/);
    await auth.signIn(email);
  });

  it('is refused when it is closed, whatever is sent', async () => {
    auth = await openAuth({ registration: 'closed' });
    for (const body of [{ email, password: goodPassword }, {}]) {
      const answer = await register(body).expect(403);
      expect(answer.body).toMatchObject({ code: 'REGISTRATION_CLOSED' });
    }
    expect(await auth.users.list({ limit: 1 })).toEqual([]);
  });

  it('gives an address to one account, also when many ask at once', async () => {
    auth = await openAuth();
    const answers = await Promise.all(
      [email, 'ADA@example.org', email].map((address) =>
        register({ email: address, password: goodPassword }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const taken = await register({ email, password: goodPassword }).expect(409);
    expect(taken.body).toMatchObject({ code: 'EMAIL_TAKEN' });
    expect(await auth.users.list({ limit: 10 })).toHaveLength(1);
  });

  it.each([
    ['11 characters', 'x7%kQ2!mZ4&', 400],
    ['12 characters', 'x7%kQ2!mZ4&p', 201],
    ['11 characters of two units each', '🎥🎬🎞🎧🎤🎼🎹🎸🎺🎻🥁', 400],
    ['12 of them', '🎥🎬🎞🎧🎤🎼🎹🎸🎺🎻🥁📯', 201],
    ['72 bytes', `${'öä'.repeat(17)}abcd`, 201],
    ['73 bytes', `${'öä'.repeat(17)}abcde`, 400],
    ['1024 characters', 'qx7'.repeat(341) + 'z', 400],
    ['a local part of three letters', 'it is Ada, my friends', 201],
    ['the whole address', 'xx ADA@EXAMPLE.ORG', 400],
    ['a common one', 'Password2024!!', 400],
  ])('judges a password with %s', async (_what, password, status) => {
    auth = await openAuth();
    const answer = await register({ email, password }).expect(status);
    if (status === 400) {
      expect(answer.body).toMatchObject({ code: 'WEAK_PASSWORD', detail: expect.stringMatching(/Use /) });
      expect(await auth.users.list({ limit: 1 })).toEqual([]);
    } else await auth.signIn(email, password);
  });

  it.each([
    ...[
      '',
      'ada',
      'ada@',
      '@example.org',
      'ada@example',
      'ada@example.org,eve@example.org',
      'ada@example.org\r\nBcc: x@y.org',
    ],
    ...[
      'ada(comment)@example.org',
      'Ada <ada@example.org>',
      'ada@example.org\n',
      'a b@example.org',
      `${'a'.repeat(250)}@example.org`,
    ],
  ])('refuses the address %j', async (address) => {
    auth = await openAuth();
    const answer = await register({ email: address, password: goodPassword }).expect(400);
    expect(answer.body).toMatchObject({ code: 'INVALID_INPUT', detail: expect.stringMatching(/^email: /) });
  });

  it('does not let a caller choose the role', async () => {
    auth = await openAuth();
    const answer = await register({ email, password: goodPassword, role: 'admin' }).expect(400);
    expect(answer.body).toMatchObject({ code: 'INVALID_INPUT', detail: 'Unknown field: role.' });
  });
});

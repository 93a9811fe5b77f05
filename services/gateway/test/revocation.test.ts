import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openUserStore, type UserStore } from '@clipscribe/user-store';
import {
  password,
  startAuth,
  startGateway,
  type GatewayUnderTest,
  type Person,
  type TestAuth,
} from './gateway-harness.ts';
import { expectProblem } from './problem.ts';

const FIVE_SECONDS_MS = 5000;

/** Two gateways before one auth: what happens at the one, the other has to learn. */
let folder: string;
let auth: TestAuth;
let users: UserStore;
let here: GatewayUnderTest;
let there: GatewayUnderTest;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'revocation-'));
  const usersUrl = `sqlite:${join(folder, 'users.db')}`;
  auth = await startAuth({ USERS_URL: usersUrl });
  users = await openUserStore(usersUrl);
  [here, there] = [await startGateway(auth), await startGateway(auth)];
});
afterAll(async () => {
  await Promise.all([here.close(), there.close()]);
  await auth.close();
  await users.close();
  await rm(folder, { recursive: true });
});

describe('through a gateway that has just seen the token', () => {
  let ada: Person;
  beforeEach(async () => {
    ada = await auth.signIn('ada@example.org');
    await here.as(ada).get('/jobs').expect(200);
    await there.as(ada).get('/jobs').expect(200);
  });

  /** The clocks of the gateways are moved; auth is asked again when what they remember is too old. */
  async function expectRefusedWithinFiveSeconds(): Promise<void> {
    there.elapse(FIVE_SECONDS_MS);
    expectProblem(await there.as(ada).get('/jobs'), 'INVALID_TOKEN');
  }

  it('a logout at another gateway takes effect within 5 s', async () => {
    await here.as(ada).post('/logout').expect(204);
    expectProblem(await here.as(ada).get('/jobs'), 'INVALID_TOKEN');
    await expectRefusedWithinFiveSeconds();
  });

  it('so does a new password', async () => {
    const passwords = { currentPassword: password, newPassword: 'a:quite:different:passphrase' };
    await here.as(ada).post('/password').send(passwords).expect(204);
    await expectRefusedWithinFiveSeconds();
    const fresh = await here.client.post('/login').auth(ada.email, passwords.newPassword).expect(200);
    const back = { currentPassword: passwords.newPassword, newPassword: password };
    await here
      .as({ ...ada, token: fresh.text })
      .post('/password')
      .send(back)
      .expect(204);
  });

  it('so does disabling the account', async () => {
    await users.setDisabled(ada.userId, true);
    try {
      await expectRefusedWithinFiveSeconds();
    } finally {
      await users.setDisabled(ada.userId, false);
    }
  });

  it('a stream of events that is being followed ends, too', async () => {
    const { queuedJob } = await import('./job-maker.ts');
    const job = await queuedJob(there, ada);
    const following = there.as(ada).get(`/jobs/${job.id}/events`);
    const ended = following.then(({ text }) => text);
    await there.jobs.get(job.id);
    await here.as(ada).post('/logout').expect(204);
    there.elapse(FIVE_SECONDS_MS);
    expect(await ended).not.toContain('succeeded');
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { AddedUser, DeadLetterList, UserPage } from '@clipscribe/contracts';
import { SHOWN_BODY_CHARACTERS } from '@clipscribe/contracts';
import { readDeadLetters } from '@clipscribe/job-queue';
import { UnavailableError } from '@clipscribe/runtime';
import { buryMessage } from './bury-message.ts';
import {
  password,
  startAuth,
  startGateway,
  type GatewayUnderTest,
  type TestAuth,
} from './gateway-harness.ts';
import { queuedJob } from './job-maker.ts';

let auth: TestAuth;
let gateway: GatewayUnderTest;
beforeAll(async () => {
  auth = await startAuth();
  gateway = await startGateway(auth);
});
afterEach(async () => {
  await gateway.reset();
  const left = await readDeadLetters(gateway.queue, { only: undefined, limit: 100 });
  for (const { id } of left) await gateway.queue.discardDeadLetter(id);
});
afterAll(async () => {
  await gateway.close();
  await auth.close();
});

const admin = () => gateway.as(auth.admin);

async function dead(query = ''): Promise<DeadLetterList> {
  const { body } = await admin().get(`/admin/dead-letters${query}`).expect(200);
  return body as DeadLetterList; // the contract of the route
}

describe('accounts, by administrators', () => {
  it('are listed, searched and paged', async () => {
    const page = (await admin().get('/admin/users?limit=2').expect(200)).body as UserPage;
    expect(page.users).toHaveLength(2);
    const path = `/admin/users?limit=2&cursor=${page.nextCursor ?? ''}`;
    const next = (await admin().get(path).expect(200)).body as UserPage;
    expect(next).toMatchObject({ users: [{}], nextCursor: null });
    const emails = [...page.users, ...next.users].map(({ email }) => email);
    expect(emails.sort()).toEqual(['ada@example.org', 'bob@example.org', 'root@example.org']);
    const found = await admin().get('/admin/users').query({ search: '& BOB=' }).expect(200);
    expect(found.body).toEqual({ users: [], nextCursor: null });
    const bob = await admin().get('/admin/users').query({ search: 'BOB@' }).expect(200);
    expect(bob.body).toMatchObject({ users: [{ id: auth.bob.userId }] });
  });

  it('are made, and let in; disabled, they are not, within five seconds; a new password is not the old one', async () => {
    const added = await admin().post('/admin/users').send({ email: 'grace@example.org' }).expect(201);
    const { id, password: first } = added.body as AddedUser;
    const login = (secret: string) =>
      gateway.client.post('/login').send({ email: 'grace@example.org', password: secret });
    const grace = { userId: id, email: 'grace@example.org', token: (await login(first).expect(200)).text };
    await gateway.as(grace).get('/me').expect(200);

    await admin().patch(`/admin/users/${id}`).send({ disabled: true }).expect(200);
    gateway.elapse(5001);
    const refused = await gateway.as(grace).get('/me').expect(401);
    expect(refused.body).toMatchObject({ code: 'INVALID_TOKEN' });
    await login(first).expect(401);

    await admin().patch(`/admin/users/${id}`).send({ disabled: false }).expect(200);
    const reset = await admin().post(`/admin/users/${id}/reset-password`).expect(200);
    await login(first).expect(401);
    await login((reset.body as { password: string }).password).expect(200);
  });

  it('are refused in the words of auth', async () => {
    const taken = await admin().post('/admin/users').send({ email: auth.ada.email }).expect(409);
    expect(taken.body).toMatchObject({ code: 'EMAIL_TAKEN' });
    const own = `/admin/users/${auth.admin.userId}`;
    const refused = await admin().patch(own).send({ disabled: true }).expect(409);
    expect(refused.body).toMatchObject({ code: 'OWN_ACCOUNT' });
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
    const noJson = await admin().post('/admin/users').type('text/plain').send('x').expect(415);
    expect(noJson.body).toMatchObject({ code: 'UNSUPPORTED_TYPE' });
    const large = await admin()
      .post('/admin/users')
      .send({ email: 'x'.repeat(10_001) })
      .expect(413);
    expect(large.body).toMatchObject({ code: 'TOO_LARGE' });
    await admin().get('/admin/users?limit=0').expect(400);
    await admin().patch('/admin/users/..%2fvalidate').send({ disabled: true }).expect(404);
  });
});

describe('dead letters, by administrators', () => {
  it('are none at first', async () => {
    expect(await dead()).toEqual({ deadLetters: [], more: false });
  });

  it('are listed with their reason and their job, of all queues or of one', async () => {
    const { id } = await queuedJob(gateway, auth.ada);
    const body = JSON.stringify({ v: 1, jobId: id });
    const first = await buryMessage(gateway.queue, 'video', body, 'no such job');
    const second = await buryMessage(gateway.queue, 'mp3', '<html>');
    expect(await dead()).toEqual({
      deadLetters: [
        {
          ...{ id: first.id, queue: 'video', jobId: id, reason: 'no such job', body },
          deadAt: new Date(first.deadAt).toISOString(),
        },
        {
          ...{ id: second.id, queue: 'mp3', reason: 'nobody could handle it', body: '<html>' },
          deadAt: new Date(second.deadAt).toISOString(),
        },
      ],
      more: false,
    });
    expect((await dead('?queue=mp3')).deadLetters.map(({ queue }) => queue)).toEqual(['mp3']);
    expect(await dead('?limit=1')).toMatchObject({ deadLetters: [{ id: first.id }], more: true });
    for (const query of ['queue=x', 'limit=101']) {
      const refused = await admin().get(`/admin/dead-letters?${query}`).expect(400);
      expect(refused.body).toMatchObject({ code: 'INVALID_INPUT' });
    }
  });

  it('show no more of a message than its beginning', async () => {
    await buryMessage(gateway.queue, 'video', 'x'.repeat(SHOWN_BODY_CHARACTERS + 1));
    expect((await dead()).deadLetters[0]?.body).toBe('x'.repeat(SHOWN_BODY_CHARACTERS));
  });

  it('are replayed into their queue, once', async () => {
    const { id } = await buryMessage(gateway.queue, 'webhook', 'a message');
    const before = await gateway.queue.depth('webhook');
    await admin().post(`/admin/dead-letters/${id}/replay`).expect(204);
    expect(await gateway.queue.depth('webhook')).toBe(before + 1);
    expect(await dead()).toEqual({ deadLetters: [], more: false });
    await admin().post(`/admin/dead-letters/${id}/replay`).expect(404);
    expect(await gateway.queue.depth('webhook')).toBe(before + 1);
  });

  it('are discarded, once', async () => {
    const { id } = await buryMessage(gateway.queue, 'mp3', 'a message');
    const before = await gateway.queue.depth('mp3');
    await admin().delete(`/admin/dead-letters/${id}`).expect(204);
    expect(await dead()).toEqual({ deadLetters: [], more: false });
    expect(await gateway.queue.depth('mp3')).toBe(before);
    const gone = await admin().delete(`/admin/dead-letters/${id}`).expect(404);
    expect(gone.body).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('are a matter of the queue, which may be away', async () => {
    gateway.faults.queue.deadLetters = () => Promise.reject(new UnavailableError('queue'));
    const answer = await admin().get('/admin/dead-letters').expect(503);
    expect(answer.body).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it.each(['a%00b', '..%2f..', 'x'.repeat(2000), "'%20OR%201=1"])('are not found at %s', async (id) => {
    await admin().delete(`/admin/dead-letters/${id}`).expect(404);
    await admin().post(`/admin/dead-letters/${id}/replay`).expect(404);
  });
});

it('a token of somebody who was made no administrator opens nothing', async () => {
  const bob = await auth.signIn('bob@example.org');
  for (const path of ['/admin/users', '/admin/dead-letters', '/admin/users?limit=x']) {
    const answer = await gateway.as(bob).get(path).expect(404);
    expect(answer.body).toMatchObject({ code: 'NOT_FOUND' });
  }
  expect((await gateway.client.post('/login').send({ email: bob.email, password })).status).toBe(200);
});

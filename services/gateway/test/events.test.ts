import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { audioProgress, claimVideo } from '@clipscribe/job-protocol';
import {
  startAuth,
  startGateway,
  type GatewayUnderTest,
  type Person,
  type TestAuth,
} from './gateway-harness.ts';
import { failedJob, queuedJob, step } from './job-maker.ts';

let auth: TestAuth;
let gateway: GatewayUnderTest;
beforeAll(async () => {
  auth = await startAuth();
  gateway = await startGateway(auth);
});
afterEach(() => gateway.reset());
afterAll(async () => {
  await gateway.close();
  await auth.close();
});

interface Told {
  event: string;
  data: { id: string; state?: string; audio?: { progress: number } };
}

async function listen(person: Person): Promise<{ next: () => Promise<Told | null>; leave: () => void }> {
  const headers = { authorization: `Bearer ${person.token}` };
  const sending = request(`${gateway.url}/events`, { agent: false, headers }).end();
  // The event has one argument.
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  const lines = createInterface({ input: response })[Symbol.asyncIterator]();
  const next = async (): Promise<Told | null> => {
    let event = '';
    for (;;) {
      const line = await lines.next();
      if (line.done === true) return null;
      if (line.value.startsWith('event: ')) event = line.value.slice(7);
      // The contract of /events.
      if (line.value.startsWith('data: '))
        return { event, data: JSON.parse(line.value.slice(6)) as Told['data'] };
    }
  };
  return { next, leave: () => sending.destroy() };
}

describe('GET /events', () => {
  it('tells of the jobs there are, of each change, of new ones, and of those that are gone', async () => {
    const { id } = await queuedJob(gateway, auth.ada);
    const { next, leave } = await listen(auth.ada);
    expect(await next()).toMatchObject({ event: 'job', data: { id, state: 'queued' } });
    await step(gateway, id, claimVideo(newId()));
    expect(await next()).toMatchObject({ event: 'job', data: { id, state: 'converting' } });
    await step(gateway, id, audioProgress(0.5));
    expect(await next()).toMatchObject({ data: { id, audio: { progress: 0.5 } } });
    const later = await queuedJob(gateway, auth.ada);
    expect(await next()).toMatchObject({ event: 'job', data: { id: later.id } });
    await gateway.as(auth.ada).delete(`/jobs/${id}`).expect(204);
    expect(await next()).toEqual({ event: 'gone', data: { id } });
    leave();
  });

  it('tells how a job ended that was at work, although newer ones have taken its place in the list', async () => {
    const { id } = await queuedJob(gateway, auth.ada);
    for (let count = 0; count < 21; count += 1) await failedJob(gateway, auth.ada);
    const { next, leave } = await listen(auth.ada);
    for (let told = await next(); told?.data.id !== id; told = await next())
      expect(told?.data.state).toBe('failed');
    await gateway.as(auth.ada).post(`/jobs/${id}/cancel`).expect(200);
    expect(await next()).toMatchObject({ event: 'job', data: { id, state: 'cancelled' } });
    leave();
  });

  it("says nothing of others' jobs, to administrators neither", async () => {
    await queuedJob(gateway, auth.ada);
    for (const person of [auth.bob, auth.admin]) {
      const { next, leave } = await listen(person);
      const { id } = await queuedJob(gateway, person);
      expect(await next()).toMatchObject({ data: { id } });
      leave();
    }
  });

  it('ends when the token is revoked', async () => {
    const person = await auth.signIn(auth.ada.email);
    const { next } = await listen(person);
    await gateway.as(person).post('/logout').expect(204);
    gateway.elapse(6000);
    expect(await next()).toBeNull();
  });
});

import { once } from 'node:events';
import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { jobViewSchema, newId, type JobView } from '@clipscribe/contracts';
import { audioDone, audioProgress, cancel, claimVideo, transcriptSkipped } from '@clipscribe/job-protocol';
import { UnavailableError } from '@clipscribe/runtime';
import httpClient from 'supertest';
import {
  startAuth,
  startGateway,
  type GatewayUnderTest,
  type Person,
  type TestAuth,
} from './gateway-harness.ts';
import { convertingJob, failedJob, queuedJob, step, succeededJob } from './job-maker.ts';

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

interface SentEvent {
  id: number;
  job: JobView;
}

interface EventStream {
  response: IncomingMessage;
  /** The next event, or null at the end of the stream. */
  next: () => Promise<SentEvent | null>;
  leave: () => void;
}

async function follow(jobId: string, person: Person = auth.ada): Promise<EventStream> {
  const headers = { authorization: `Bearer ${person.token}` };
  const sending = request(`${gateway.url}/jobs/${jobId}/events`, { agent: false, headers }).end();
  // The event has one argument.
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  const lines = createInterface({ input: response })[Symbol.asyncIterator]();
  const next = async (): Promise<SentEvent | null> => {
    const event: string[] = [];
    for (;;) {
      const line = await lines.next();
      if (line.done === true) return null;
      if (line.value === '') break;
      event.push(line.value);
    }
    expect(event).toEqual([
      expect.stringMatching(/^id: \d+$/),
      'event: job',
      expect.stringMatching(/^data: \{.*\}$/),
    ]);
    const [id = '', , data = ''] = event;
    return { id: Number(id.slice(4)), job: jobViewSchema.parse(JSON.parse(data.slice(6))) };
  };
  return { response, next, leave: () => sending.destroy() };
}

describe('GET /jobs/:id/events', () => {
  it('tells of every change until the job ends, and then ends itself', async () => {
    const { id } = await queuedJob(gateway, auth.ada);
    const stream = await follow(id);
    expect(stream.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    });
    const seen = [await stream.next()];
    const audio = { fileId: newId(), bytes: 1, durationSeconds: 1 };
    for (const change of [claimVideo(newId()), audioProgress(0.5), audioDone(audio), transcriptSkipped()]) {
      await step(gateway, id, change);
      seen.push(await stream.next());
    }
    expect(
      seen.map((event) => [event?.job.state, event?.job.audio.state, event?.job.audio.progress]),
    ).toEqual([
      ['queued', 'pending', 0],
      ['converting', 'running', 0],
      ['converting', 'running', 0.5],
      ['converting', 'done', 1],
      ['succeeded', 'done', 1],
    ]);
    const ids = seen.map((event) => event?.id ?? 0);
    expect(ids).toEqual(ids.toSorted((one, other) => one - other));
    // The message of the end may be published in between, which is a change of the job, but no news.
    expect(await stream.next()).toBeNull();
  });

  it.each([
    ['succeeded', succeededJob],
    ['failed', failedJob],
  ])('of a job that %s already is one event', async (state, make) => {
    const { id } = await make(gateway, auth.ada);
    const stream = await follow(id);
    expect((await stream.next())?.job.state).toBe(state);
    expect(await stream.next()).toBeNull();
  });

  it('follows for several at once', async () => {
    const { id } = await convertingJob(gateway, auth.ada);
    const streams = await Promise.all([follow(id), follow(id), follow(id, auth.admin)]);
    for (const stream of streams) expect((await stream.next())?.job.state).toBe('converting');
    await step(gateway, id, cancel);
    for (const stream of streams) expect((await stream.next())?.job.state).toBe('cancelled');
    for (const stream of streams) expect(await stream.next()).toBeNull();
  });

  it('ends without a word when the job is deleted', async () => {
    const { id } = await convertingJob(gateway, auth.ada);
    const stream = await follow(id);
    await stream.next();
    await gateway.as(auth.ada).delete(`/jobs/${id}`).expect(204);
    expect(await stream.next()).toBeNull();
  });

  it('stops looking at the job when the client leaves', async () => {
    const { id } = await convertingJob(gateway, auth.ada);
    let readings = 0;
    gateway.faults.jobs.get = (wanted) => {
      readings += 1;
      return gateway.jobs.get(wanted);
    };
    const begun = once(gateway.server, 'request');
    const stream = await follow(id);
    await stream.next();
    // The event's second argument is the response.
    const [, response] = (await begun) as [IncomingMessage, ServerResponse];
    const closed = new Promise((resolve) => response.once('close', resolve));
    stream.leave();
    await closed;
    await delay(20); // what does not happen gives no event; this is four looks
    const before = readings;
    await delay(20);
    expect(readings).toBe(before);
  });

  it('ends when the job store fails, for the client to ask again', async () => {
    const { id } = await convertingJob(gateway, auth.ada);
    const stream = await follow(id);
    await stream.next();
    gateway.faults.jobs.get = () => Promise.reject(new UnavailableError('job store'));
    expect(await stream.next()).toBeNull();
  });

  it('ends at most 5 seconds after the token was revoked elsewhere', async () => {
    const { id } = await convertingJob(gateway, auth.bob);
    const bob = await auth.signIn(auth.bob.email);
    const stream = await follow(id, bob);
    await stream.next();
    // Not through this gateway, which would know at once.
    await httpClient(auth.url).post('/logout').auth(bob.token, { type: 'bearer' }).expect(204);
    gateway.elapse(5001);
    expect(await stream.next()).toBeNull();
  });
});

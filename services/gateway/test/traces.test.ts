import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uploadAnswerSchema, type Job } from '@clipscribe/contracts';
import { cancel, transition } from '@clipscribe/job-protocol';
import { openTracer, silentLog, type Tracer } from '@clipscribe/runtime';
import { OtlpReceiver } from '@clipscribe/runtime/testing';
import { startAuth, startGateway, type GatewayUnderTest, type TestAuth } from './gateway-harness.ts';

const asker = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const another = '00-11111111111111111111111111111111-2222222222222222-01';
const traceOf = (traceparent?: string): string | undefined => traceparent?.split('-')[1];

let auth: TestAuth;
let gateway: GatewayUnderTest;

async function stored(id: string): Promise<Job> {
  const job = (await gateway.jobs.get(id))?.job;
  if (job === undefined) throw new Error('there is no such job');
  return job;
}

async function upload(): Promise<Job> {
  const answer = await gateway
    .as(auth.ada)
    .post('/upload')
    .set('traceparent', asker)
    .attach('file', Buffer.from('bytes'), 'a.mp4');
  return stored(uploadAnswerSchema.parse(answer.body).jobs[0]?.id ?? '');
}

async function resumableUpload(): Promise<Job> {
  const answer = await gateway
    .as(auth.ada)
    .post('/uploads')
    .set({
      traceparent: asker,
      'Tus-Resumable': '1.0.0',
      'Upload-Length': '5',
      'Content-Type': 'application/offset+octet-stream',
    })
    .send(Buffer.from('bytes'))
    .expect(201);
  return stored(answer.get('location')?.split('/').at(-1) ?? '');
}

async function retried(id: string): Promise<Job> {
  const ports = { jobs: gateway.jobs, queue: gateway.queue, log: silentLog };
  await transition(ports, id, cancel);
  await gateway.as(auth.ada).post(`/jobs/${id}/retry`).set('traceparent', another).expect(202);
  return stored(id);
}

beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

describe('a gateway that traces', () => {
  let receiver: OtlpReceiver;
  let tracer: Tracer | undefined;

  beforeAll(async () => {
    receiver = await OtlpReceiver.start();
    const config = { url: `${receiver.url}/v1/traces`, headers: {}, ratio: 1 };
    tracer = await openTracer(config, { service: 'gateway', log: silentLog, trustsParents: false });
    gateway = await startGateway(auth, {}, { tracer });
  });
  afterAll(async () => {
    await gateway.close();
    await tracer?.close();
    await receiver.close();
  });

  it.each([
    ['an upload', upload],
    ['a resumable upload', resumableUpload],
  ])('makes the job of %s a part of its request', async (_what, send) => {
    const job = await send();
    expect(traceOf(job.traceparent)).toBe(traceOf(asker));
    expect(job.traceparent).not.toBe(asker);
    const isIt = ({ kind, attributes }: (typeof receiver.spans)[number]): boolean =>
      kind === 'server' && attributes['clipscribe.job.id'] === job.id;
    await receiver.until((spans) => spans.some(isIt));
    const server = receiver.spans.find(isIt);
    expect(job.traceparent).toBe(`00-${server?.traceId ?? ''}-${server?.spanId ?? ''}-01`);
  });

  it('makes another run a part of the request that asked for it', async () => {
    const { id } = await upload();
    expect(traceOf((await retried(id)).traceparent)).toBe(traceOf(another));
  });

  it('takes no more of who asks than the ids', async () => {
    await upload();
    await tracer?.close();
    expect(receiver.bodies.join('')).not.toMatch(/a\.mp4|ada@|Bearer/);
  });
});

describe('a gateway that does not trace', () => {
  beforeAll(async () => {
    gateway = await startGateway(auth);
  });
  afterAll(() => gateway.close());

  it('keeps no trace of who asks with the job, of this run or another', async () => {
    for (const { id, traceparent } of [await upload(), await resumableUpload()]) {
      expect(traceparent).toBeUndefined();
      expect(await retried(id)).not.toHaveProperty('traceparent');
    }
  });
});

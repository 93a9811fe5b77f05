import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { jobFields, JobFailure, type Job } from '@clipscribe/contracts';
import { createLog, createMetrics, openTracer, type Metrics, type Tracer } from '@clipscribe/runtime';
import { OtlpReceiver, type ReceivedSpan } from '@clipscribe/runtime/testing';
import {
  audioDone,
  cancel,
  claimVideo,
  countMessages,
  inTrace,
  jobSlot,
  noticeSent,
  claimNotice,
  retry,
  transcriptSkipped,
  transition,
  videoAttemptFailed,
  videoGivenBack,
  Worker,
  type Change,
  type ProtocolPorts,
  type Work,
} from '../src/index.ts';
import { Bench } from './bench.ts';
import { life, someAudio } from './life.ts';

let bench: Bench;
let receiver: OtlpReceiver;
let metrics: Metrics;
let tracer: Tracer | undefined;
let lines: Record<string, unknown>[];
let ports: ProtocolPorts;

beforeEach(async () => {
  [bench, receiver] = [await Bench.open(), await OtlpReceiver.start()];
  metrics = createMetrics('test');
  lines = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>); // by pino
  const log = createLog('test', { level: 'debug', destination: { write } });
  const config = { url: `${receiver.url}/v1/traces`, headers: {}, ratio: 1 };
  tracer = await openTracer(config, { service: 'test', log, trustsParents: true });
  ports = { ...bench.ports, log, metrics, tracer };
});
afterEach(async () => {
  await tracer?.close();
  await Promise.all([receiver.close(), bench.close()]);
});

const finished: Change = (job, now) => {
  const withAudio = audioDone(someAudio())(job, now);
  return withAudio && transcriptSkipped()(withAudio, now);
};

/** Has the worker do this for a new job. */
async function work(run: Work['run'], accepted?: Job): Promise<Job> {
  const job = accepted ?? (await bench.accept());
  const steps = {
    claim: claimVideo,
    attemptFailed: videoAttemptFailed,
    givenBack: videoGivenBack,
    slot: jobSlot,
    attributes: { 'clipscribe.chunk': 7 },
  };
  const handler = countMessages(
    metrics,
    new Worker(ports).handler('video', () => ({ ...steps, run })),
  );
  await handler({ queue: 'video', body: JSON.stringify({ v: 1, jobId: job.id }), deliveryCount: 1 });
  return job;
}

async function received(): Promise<ReceivedSpan[]> {
  await tracer?.close();
  return receiver.spans;
}

const numbers = async (name: string): Promise<Record<string, number>> => {
  const { values = [] } = (await metrics.registry.getSingleMetric(name)?.get()) ?? {};
  const wanted = values.filter((value) => !('metricName' in value) || value.metricName === `${name}_count`);
  return Object.fromEntries(wanted.map(({ labels, value }) => [Object.values(labels).join(' '), value]));
};

describe('work', () => {
  it('is a part of the trace of its job', async () => {
    const { id } = await work(() => Promise.resolve(finished));
    const span = (await received()).find(({ kind }) => kind === 'consumer');
    expect(span).toMatchObject({
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      parentId: '00f067aa0ba902b7',
      name: 'process video',
      failure: undefined,
      attributes: {
        'messaging.system': 'failing',
        'messaging.destination.name': 'video',
        'messaging.operation.type': 'process',
        'clipscribe.job.id': id,
        'clipscribe.job.run': 1,
        'clipscribe.chunk': 7,
        'clipscribe.outcome': 'done',
      },
    });
  });

  it('tells the code of its failure, and nothing else of it', async () => {
    await work(() => Promise.reject(new JobFailure('NOT_MEDIA', { detail: 'holiday.mp4 is text' })));
    const span = (await received()).find(({ kind }) => kind === 'consumer');
    expect(span).toMatchObject({ failure: 'NOT_MEDIA', attributes: { 'error.type': 'NOT_MEDIA' } });
    expect(receiver.bodies.join('')).not.toMatch(/holiday|Grüße|ada@/);
  });

  it('is not traced when its job came without a trace', async () => {
    const job = await bench.accept();
    await transition(
      ports,
      job.id,
      inTrace((same) => same, undefined),
    );
    await work(() => Promise.resolve(finished), job);
    expect(await received()).toEqual([]);
  });

  it('writes the ids of its job, and of no other, on every line', async () => {
    const inWork: Work['run'] = () => {
      ports.log.info('at work');
      return Promise.resolve(finished);
    };
    const [one, other] = [await work(inWork), await work(inWork)];
    expect(lines).toMatchObject([
      { msg: 'at work', ...jobFields(one) },
      { msg: 'at work', ...jobFields(other) },
    ]);
    ports.log.info('elsewhere');
    expect(lines.at(-1)).not.toHaveProperty('jobId');
  });

  it('is counted and timed by how it ends', async () => {
    await work(() => Promise.resolve(finished));
    await work(() => Promise.reject(new JobFailure('NOT_MEDIA')));
    await work(async ({ job }) => {
      await bench.apply(job.id, cancel);
      return finished;
    });
    await work(({ endsAs }) => {
      endsAs({ outcome: 'given-back' });
      return Promise.resolve(videoGivenBack);
    });
    expect(await numbers('clipscribe_stage_duration_seconds')).toEqual({
      'video done': 1,
      'video failed': 1,
      'video lost': 1,
      'video given-back': 1,
    });
    expect(await numbers('clipscribe_messages_total')).toEqual({ 'video done': 4 });
  });
});

describe('a job', () => {
  it('is counted and timed when a run ends, from the upload or from asking for the run', async () => {
    const { id } = await life.queued(bench);
    bench.advance(7000);
    await transition(ports, id, claimVideo('worker'));
    await transition(ports, id, videoAttemptFailed(new JobFailure('NOT_MEDIA')));
    bench.advance(3_600_000);
    await transition(ports, id, retry);
    bench.advance(2000);
    await transition(ports, id, cancel);
    await transition(ports, id, cancel);
    expect(await numbers('clipscribe_job_duration_seconds')).toEqual({ failed: 1, cancelled: 1 });
    const text = await metrics.registry.getSingleMetricAsString('clipscribe_job_duration_seconds');
    expect(text).toMatch(/_sum\{service="test",outcome="failed"\} 7$/m);
    expect(text).toMatch(/_sum\{service="test",outcome="cancelled"\} 2$/m);
  });

  it('has its mail counted once', async () => {
    const { id } = await life.failed(bench);
    await transition(ports, id, claimNotice('sender'));
    await transition(ports, id, noticeSent);
    await transition(ports, id, retry);
    expect(await numbers('clipscribe_mails_total')).toEqual({ sent: 1 });
  });

  it('goes on in the trace of who asks for another run', async () => {
    const { id } = await life.failed(bench);
    const traceparent = '00-11111111111111111111111111111111-2222222222222222-01';
    const again = await transition(ports, id, inTrace(retry, traceparent));
    expect(again?.traceparent).toBe(traceparent);
    expect(again?.outbox.map(({ body }) => body)).toEqual([expect.stringContaining(traceparent)]);
  });
});

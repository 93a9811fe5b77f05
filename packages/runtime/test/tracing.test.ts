import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OtlpReceiver } from '../testing/index.ts';
import {
  aboutJob,
  closeServer,
  createHttpApp,
  createLog,
  createMetrics,
  currentTraceparent,
  HttpProblem,
  inSpan,
  listen,
  openTracer,
  problemHandler,
  runSpan,
  type Listening,
  type Log,
  type Tracer,
} from '../src/index.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

let receiver: OtlpReceiver;
let lines: Record<string, unknown>[];
let log: Log;
let tracer: Tracer;

async function open({ ratio = 1, trustsParents = false, headers = {} } = {}): Promise<Tracer> {
  const config = { url: `${receiver.url}/v1/traces`, headers, ratio };
  const opened = await openTracer(config, { service: 'test', log, trustsParents });
  if (opened === undefined) throw new Error('there is a configuration');
  return opened;
}

beforeEach(async () => {
  receiver = await OtlpReceiver.start();
  lines = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>); // by pino
  log = createLog('test', { level: 'debug', destination: { write } });
  tracer = await open();
});
afterEach(async () => {
  await tracer.close();
  await receiver.close();
});

describe('requests', () => {
  let listening: Listening;
  /** `traceparent` that the handler would hand on. */
  let handedOn: string | undefined;

  async function serve(): Promise<void> {
    const app = createHttpApp({ log, metrics: createMetrics('test'), tracer });
    app.get('/healthz', (_req, res) => void res.end());
    app.get('/jobs/:id', async (req, res) => {
      await Promise.resolve();
      aboutJob(req.params.id);
      handedOn = currentTraceparent();
      log.info('looked at');
      await inSpan('look', { kind: 'internal' }, () => Promise.resolve());
      res.end();
    });
    app.get('/broken', () => {
      throw new HttpProblem('INTERNAL', 'ada@example.org could not be found');
    });
    app.use(problemHandler(log));
    listening = await listen(app, { host: '127.0.0.1', port: 0 });
  }
  const get = async (path: string, headers: Record<string, string> = {}): Promise<void> => {
    await (await fetch(`${listening.url}${path}`, { headers })).arrayBuffer();
  };
  /** Asks, and waits until all that was recorded has come. */
  async function traced(path: string, headers: Record<string, string> = {}): Promise<OtlpReceiver['spans']> {
    await get(path, headers);
    await closeServer(listening.server, 1000);
    await tracer.close();
    return receiver.spans;
  }

  beforeEach(serve);
  afterEach(() => closeServer(listening.server, 0));

  it('are server spans, with what they have done as children', async () => {
    const spans = await traced('/jobs/one');
    expect(spans).toMatchObject([
      { name: 'look', kind: 'internal' },
      {
        service: 'test',
        name: 'GET /jobs/:id',
        kind: 'server',
        parentId: undefined,
        failure: undefined,
        attributes: {
          'http.request.method': 'GET',
          'http.route': '/jobs/:id',
          'http.response.status_code': 200,
          'clipscribe.job.id': 'one',
        },
      },
    ]);
    expect(spans[0]?.parentId).toBe(spans[1]?.spanId);
    expect(handedOn).toBe(`00-${spans[1]?.traceId ?? ''}-${spans[1]?.spanId ?? ''}-01`);
  });

  it('go on with the trace of who asks', async () => {
    const [, server] = await traced('/jobs/one', { traceparent: `00-${traceId}-${spanId}-01` });
    expect(server).toMatchObject({ traceId, parentId: spanId });
  });

  it('do not let strangers decide what is recorded', async () => {
    const spans = await traced('/jobs/one', { traceparent: `00-${traceId}-${spanId}-00` });
    expect(spans).toHaveLength(2);
  });

  it.each([`ff-${traceId}-${spanId}-01`, `00-${'0'.repeat(32)}-${spanId}-01`, 'x', `00-${traceId}`])(
    'begin a trace of their own with %j',
    async (traceparent) => {
      const [, server] = await traced('/jobs/one', { traceparent });
      expect(server?.parentId).toBeUndefined();
      expect(server?.traceId).not.toBe(traceId);
    },
  );

  it('name no paths, queries, headers or messages', async () => {
    await get('/jobs/ada@example.org?token=s3cret', {
      authorization: 'Bearer s3cret',
      tracestate: 'a=s3cret',
    });
    await get('/holiday.mp4');
    await traced('/broken');
    const sent = receiver.bodies.join('').replace('ada@example.org', ''); // the id of the job, once
    for (const private_ of ['s3cret', 'holiday', 'ada@', 'could not']) expect(sent).not.toContain(private_);
    expect(receiver.spans.map(({ name }) => name)).toContain('GET');
  });

  it('fail by their status when it is a fault of ours', async () => {
    const [server] = await traced('/broken');
    expect(server).toMatchObject({ failure: '500', attributes: { 'error.type': '500' } });
  });

  it('are not traced when they ask for the health', async () => {
    expect(await traced('/healthz')).toEqual([]);
  });

  it('put the ids of the job and the trace on every line', async () => {
    await traced('/jobs/one', { traceparent: `00-${traceId}-${spanId}-01` });
    expect(lines.filter(({ jobId, traceId: id }) => jobId === 'one' && id === traceId)).toMatchObject([
      { msg: 'looked at' },
      { msg: 'request', route: '/jobs/:id' },
    ]);
  });
});

describe('parts of the suite', () => {
  it('go by what was decided where the trace began', async () => {
    tracer = await open({ trustsParents: true, ratio: 0 });
    tracer.start('kept', { kind: 'consumer', parent: `00-${traceId}-${spanId}-01` }).end();
    tracer.start('left out', { kind: 'consumer', parent: `00-${traceId}-${spanId}-00` }).end();
    tracer.start('begun', { kind: 'consumer' }).end();
    await tracer.close();
    expect(receiver.spans.map(({ name }) => name)).toEqual(['kept']);
  });

  it('hand on a trace also when it is not recorded, so that logs can be put together', async () => {
    tracer = await open({ ratio: 0 });
    const span = tracer.start('left out', { kind: 'server' });
    expect(span.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });

  it('note what work throws by its code, or else its name, and never its message', async () => {
    const coded = Object.assign(new Error('about ada@example.org'), { code: 'ENOSPC' });
    for (const error of [coded, new TypeError('about ada@example.org'), 'ada@example.org']) {
      const work = runSpan(tracer.start('work', { kind: 'internal' }), () => {
        throw error as Error; // code of others may throw anything
      });
      await expect(work).rejects.toBe(error);
    }
    await tracer.close();
    expect(receiver.spans.map(({ failure }) => failure)).toEqual(['ENOSPC', 'TypeError', 'UNKNOWN']);
    expect(receiver.bodies.join('')).not.toContain('ada@');
  });
});

describe('the collector', () => {
  const spans = (count: number): void => {
    for (let index = 0; index < count; index += 1) tracer.start('work', { kind: 'internal' }).end();
  };

  it('gets the headers that are configured', async () => {
    tracer = await open({ headers: { 'api-key': 'abc' } });
    spans(1);
    await tracer.close();
    expect(receiver.headers).toMatchObject([{ 'api-key': 'abc', 'content-type': 'application/json' }]);
  });

  it('is said once to refuse, and once to take again', async () => {
    receiver.status = 400;
    for (let batches = 0; batches < 3; batches += 1) {
      const asked = receiver.request();
      spans(512);
      await asked;
    }
    receiver.status = 200;
    spans(512);
    await receiver.until((received) => received.length > 0);
    await tracer.close();
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
      ['warn', 'traces are lost for now'],
      ['info', 'the collector takes traces again'],
    ]);
  });

  it('holds nobody up when it is away, however much is recorded', async () => {
    await receiver.close();
    spans(20_000);
    await tracer.close();
    receiver = await OtlpReceiver.start();
    expect(lines.length).toBeLessThanOrEqual(1);
  });

  it('holds up no end when it does not answer', async () => {
    receiver.status = 0;
    spans(20_000);
    await tracer.close();
    expect(lines.length).toBeLessThanOrEqual(1);
  });
});

it('is not there without configuration', async () => {
  const options = { service: 'test', log, trustsParents: true };
  await expect(openTracer(undefined, options)).resolves.toBeUndefined();
  await expect(
    inSpan('work', { kind: 'internal' }, (span) => Promise.resolve(span)),
  ).resolves.toBeUndefined();
  expect(currentTraceparent()).toBeUndefined();
});

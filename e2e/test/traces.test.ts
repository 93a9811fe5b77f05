import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { uploadAnswerSchema } from '@clipscribe/contracts';
import { freePort } from '@clipscribe/private-servers';
import { OtlpReceiver, type ReceivedSpan } from '@clipscribe/runtime/testing';
import { Receiver } from '@clipscribe/webhooks/testing';
import { Client, filePart, type UploadPart } from '../support/client.ts';
import { logLines, logLinesIn, type LogLine } from '../support/log-lines.ts';
import { makeSpeech } from '../support/media.ts';
import { describeOnServers } from '../support/platforms.ts';
import { soon } from '../support/soon.ts';
import { startStack } from '../support/stack.ts';
import { adminEmail, adminPassword, startSuite } from '../support/suite-process.ts';

const SPOKEN =
  'The quick brown fox jumps over the lazy dog. This is the first sentence of a test. And here is more.';
const sample = fileURLToPath(new URL('../../samples/hello.mp4', import.meta.url));

/** No file names, no addresses of people, no secrets. */
const isPrivate = /holiday|@clipscribe\.local|Bearer|eyJ[\w-]+\.|lanterns/;

const noMedia: UploadPart = {
  name: 'holiday.mp4',
  bytes: 4,
  content: () => Readable.from([Buffer.from('text')]),
};

describeOnServers('one video, all the way, traced', () => {
  const asker = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
  let folder: string;
  let receiver: OtlpReceiver;
  let hook: Receiver;
  let jobId: string;
  let brokenId: string;
  let lines: LogLine[];

  const spansOf = (traceId: string): ReceivedSpan[] =>
    receiver.spans.filter((span) => span.traceId === traceId);
  const upload = (traceId: string): ReceivedSpan | undefined =>
    spansOf(traceId).find(({ name, kind }) => name === 'POST /upload' && kind === 'server');
  const traceOf = (id: string): string =>
    receiver.spans.find(
      ({ name, attributes }) => name === 'POST /upload' && attributes['clipscribe.job.id'] === id,
    )?.traceId ?? '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-traces-'));
    [receiver, hook] = [await OtlpReceiver.start(), await Receiver.start()];
    const video = await filePart(await makeSpeech(folder, 'holiday', SPOKEN));
    const stack = await startStack(join(folder, 'data'), {
      ...{ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, LOG_LEVEL: 'debug' },
      ...{ CHUNK_SECONDS: '5', WEBHOOK_ALLOW: '127.0.0.1' },
    });
    try {
      const client = await Client.login(stack.url, adminEmail, adminPassword);
      const traceparent = `00-${asker.traceId}-${asker.spanId}-01`;
      const answer = await client.post([video], { webhook: hook.url() }, { traceparent });
      jobId = uploadAnswerSchema.parse(JSON.parse(answer.body)).jobs[0]?.id ?? '';
      expect((await client.ended(jobId)).state).toBe('succeeded');
      const [broken] = await client.upload([noMedia]);
      brokenId = broken?.id ?? '';
      expect((await client.ended(brokenId)).error?.code).toBe('NOT_MEDIA');
      await hook.requests(1);
      const mails = ({ name, service }: ReceivedSpan): boolean =>
        name === 'process mp3' && service === 'notification';
      await receiver.until((spans) => spans.filter(mails).length === 2);
    } finally {
      // What is still to be handed over is, when they stop.
      await stack.stop();
    }
    lines = await logLinesIn(join(folder, 'data', 'stack', 'logs'));
  });
  afterAll(async () => {
    await Promise.all([receiver.close(), hook.close()]);
    await rm(folder, { recursive: true, force: true });
  });

  it('is one trace, which goes on from the one of who uploads', () => {
    expect(upload(asker.traceId)).toMatchObject({
      service: 'gateway',
      parentId: asker.spanId,
      attributes: { 'clipscribe.job.id': jobId, 'http.response.status_code': 202 },
    });
    const others = receiver.spans.filter(({ traceId }) => traceId !== asker.traceId);
    expect(
      others.filter(
        ({ attributes }) =>
          attributes['clipscribe.job.id'] === jobId && attributes['messaging.system'] !== undefined,
      ),
    ).toEqual([]);
  });

  it('has each step of the work as a child of the upload', () => {
    const consumers = spansOf(asker.traceId).filter(({ kind }) => kind === 'consumer');
    const steps = consumers.map(({ service, name }) => `${String(service)}: ${name}`);
    expect(new Set(steps)).toEqual(
      new Set([
        'converter: process video',
        'converter: process transcribe',
        'notification: process mp3',
        'notification: process webhook',
      ]),
    );
    const parent = upload(asker.traceId)?.spanId;
    for (const span of consumers) {
      expect(span.parentId).toBe(parent);
      expect(span.attributes).toMatchObject({ 'clipscribe.job.id': jobId, 'messaging.system': 'rabbitmq' });
      expect(span.failure).toBeUndefined();
    }
    const chunks = consumers.filter(({ name }) => name === 'process transcribe');
    expect(chunks.length).toBeGreaterThan(1);
    expect(new Set(chunks.map(({ attributes }) => attributes['clipscribe.chunk'])).size).toBe(chunks.length);
  });

  it('has auth as a child of the gateway, and every other span below one that is there', () => {
    const spans = spansOf(asker.traceId);
    const known = new Set([asker.spanId, ...spans.map(({ spanId }) => spanId)]);
    for (const { name, parentId } of spans) expect([name, known.has(parentId ?? '')]).toEqual([name, true]);
    expect(spans.find(({ service }) => service === 'auth')).toMatchObject({
      name: 'POST /validate',
      kind: 'server',
    });
    for (const name of ['make mp3', 'recognise speech', 'send mail', 'POST webhook', 'send video'])
      expect(spans.map((span) => span.name)).toContain(name);
  });

  it('says of a job that failed why, by the code', () => {
    const failed = spansOf(traceOf(brokenId)).filter(({ failure }) => failure !== undefined);
    // Also by the part of it that failed.
    expect(failed.map(({ name, failure }) => [name, failure]).toSorted()).toEqual([
      ['make mp3', 'NOT_MEDIA'],
      ['process video', 'NOT_MEDIA'],
    ]);
  });

  it('tells the collector nothing private', () => {
    expect(receiver.bodies.join('\n')).not.toMatch(isPrivate);
  });

  it('has the ids of job and trace on every line about the job', () => {
    const byTrace = new Map([
      [jobId, asker.traceId],
      [brokenId, traceOf(brokenId)],
    ]);
    for (const [id, traceId] of byTrace) {
      const about = lines.filter((line) => JSON.stringify(line).includes(id));
      for (const line of about) expect(line).toMatchObject({ jobId: id });
      // A request that looks at the job is a trace of its own.
      const work = about.filter(({ msg, route }) => msg !== 'request' || route === '/upload');
      expect(work.length).toBeGreaterThan(1);
      for (const line of work) expect(line).toMatchObject({ traceId });
    }
    const services = lines.filter(({ traceId }) => typeof traceId === 'string').map(({ service }) => service);
    expect(new Set(services)).toEqual(new Set(['auth', 'gateway', 'converter', 'notification']));
  });
});

describe('traces of a suite in one process', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-traces-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Converts the sample, and gives the lines that were logged and the modules that were loaded. */
  async function convert(
    env: Record<string, string>,
  ): Promise<{ lines: LogLine[]; modules: string[]; code: number | null }> {
    const file = join(folder, 'modules');
    const noteModules = fileURLToPath(new URL('../support/note-modules.mjs', import.meta.url));
    const noting = { NODE_OPTIONS: `--import ${noteModules}`, MODULES_FILE: file };
    const suite = await startSuite(join(folder, 'data'), {
      TRANSCRIBER: 'none',
      LOG_LEVEL: 'debug',
      ...noting,
      ...env,
    });
    const client = await Client.login(suite.url, adminEmail, adminPassword);
    const [job] = await client.upload([await filePart(sample)]);
    expect((await client.ended(job?.id ?? '')).state).toBe('succeeded');
    await soon(async () => (await client.job(job?.id ?? '')).audio.state === 'done');
    const code = await suite.stop();
    const modules = (await readFile(file, 'utf8')).split('\n');
    return { lines: logLines(suite.output().stderr), modules, code };
  }
  /** Of the API alone, which is interfaces, the library of metrics makes use. */
  const otel = (url: string): boolean => /@opentelemetry\/(?!api\/)/.test(url);

  it('load nothing and write no ids of traces when they are off', async () => {
    const { lines, modules, code } = await convert({});
    expect(modules.filter((url) => url.includes('/runtime/src/')).length).toBeGreaterThan(10);
    expect(modules.filter(otel)).toEqual([]);
    expect(lines.filter((line) => 'traceId' in line)).toEqual([]);
    expect(lines.some((line) => 'jobId' in line)).toBe(true);
    expect(code).toBe(0);
  });

  it('are lost without any harm when nobody takes them, which is said once by each service', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const { lines, modules, code } = await convert({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
    expect(modules.some(otel)).toBe(true);
    const warnings = lines.filter(({ msg }) => msg === 'traces are lost for now');
    const services = warnings.map(({ service }) => service);
    expect(services.length).toBeGreaterThan(0);
    expect(services).toHaveLength(new Set(services).size);
    expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
    expect(code).toBe(0);
  });
});

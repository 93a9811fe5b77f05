import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Sweeper } from '@clipscribe/job-protocol';
import { silentLog, UnavailableError } from '@clipscribe/runtime';
import { nothing, startAuth, startGateway, type GatewayUnderTest, type TestAuth } from './gateway-harness.ts';
import { filePart, multipart, MULTIPART_TYPE } from './multipart-body.ts';
import { expectProblem } from './problem.ts';
import { openUpload, sendRaw } from './raw-http.ts';

let auth: TestAuth;
let gateway: GatewayUnderTest;
/** Waits for no client longer than 50 ms. */
let impatient: GatewayUnderTest;
beforeAll(async () => {
  auth = await startAuth();
  gateway = await startGateway(auth);
  impatient = await startGateway(auth, { stallMs: 50 });
});
afterEach(() => gateway.reset());
afterAll(async () => {
  await Promise.all([gateway.close(), impatient.close()]);
  await auth.close();
});

/** What the gateway's own sweeper does, some minutes later and with everything in order again. */
async function sweepLater(minutes: number): Promise<void> {
  gateway.elapse(minutes * 60_000);
  await new Sweeper({ ...gateway, log: silentLog }).sweep();
}

const down = () => Promise.reject(new UnavailableError('store under test'));
const file = filePart('a.mp4', 'bytes');
const upload = (body = multipart(file)) =>
  gateway.as(auth.ada).post('/upload').set('Content-Type', MULTIPART_TYPE).send(body);

describe('the client goes away', () => {
  /** What the gateway does with the upload, as events to wait for. */
  function watch() {
    const { jobs, files, faults } = gateway;
    const writing = Promise.withResolvers<undefined>();
    const stored = Promise.withResolvers<undefined>();
    const cleanedUp = Promise.withResolvers<boolean>();
    faults.jobs.dropIntent = async (id) => {
      const dropped = await jobs.dropIntent(id);
      cleanedUp.resolve(dropped);
      return dropped;
    };
    faults.files.write = async (meta, content, signal) => {
      writing.resolve(undefined);
      const written = await files.write(meta, content, signal);
      stored.resolve(undefined);
      return written;
    };
    return { writing: writing.promise, stored: stored.promise, cleanedUp: cleanedUp.promise };
  }

  it('in the middle of a file: nothing is left', async () => {
    const { writing, cleanedUp } = watch();
    const { request } = openUpload(gateway.url, auth.ada.token);
    request.write(filePart('a.mp4', Buffer.alloc(300_000)).subarray(0, -100));
    await writing;
    expect((await gateway.leftovers()).intents).toBe(1);
    request.destroy();
    expect(await cleanedUp).toBe(true);
    expect(await gateway.leftovers()).toEqual(nothing);
  });

  it('between two files: nothing is left', async () => {
    const { stored, cleanedUp } = watch();
    const { request } = openUpload(gateway.url, auth.ada.token);
    request.write(Buffer.concat([file, filePart('b.mp4', 'x').subarray(0, 40)]));
    await stored;
    expect((await gateway.leftovers()).files).toHaveLength(2);
    request.destroy();
    expect(await cleanedUp).toBe(true);
    expect(await gateway.leftovers()).toEqual(nothing);
  });

  it('before the first byte: the next one is served as if nothing had been', async () => {
    const { request } = openUpload(gateway.url, auth.ada.token);
    request.flushHeaders();
    // The event has the request as its first argument.
    const [received] = (await once(gateway.server, 'request')) as [IncomingMessage];
    const closed = new Promise((resolve) => received.once('close', resolve));
    request.destroy();
    await closed;
    expect(await gateway.leftovers()).toEqual(nothing);
    await upload().expect(202);
  });
});

describe('the client stops sending', () => {
  it.each([
    ['before the first part', Buffer.alloc(0)],
    ['in the middle of a file', filePart('a.mp4', 'x'.repeat(1000)).subarray(0, -100)],
    ['before the end', file],
  ])('%s: 408, and nothing is left', async (_when, sent) => {
    const { request, answer } = openUpload(impatient.url, auth.ada.token);
    request.flushHeaders();
    if (sent.length > 0) request.write(sent);
    expect(await answer).toMatchObject({ status: 408, body: { code: 'UPLOAD_STALLED' } });
    expect(await impatient.leftovers()).toEqual(nothing);
    request.destroy();
  });
});

describe('a refused client that does not listen', () => {
  it('is cut off, with a token and without one', async () => {
    const begin = (token: string, length: string) =>
      sendRaw(
        impatient.port,
        `POST /upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n` +
          `Content-Type: ${MULTIPART_TYPE}\r\n${length}\r\n\r\n`,
      );
    const answers = await Promise.all([
      begin(auth.ada.token, 'Transfer-Encoding: chunked'),
      begin(auth.ada.token, 'Content-Length: 2000000'),
      begin('not.a.token', 'Content-Length: 900'),
    ]);
    expect(answers.map((answer) => answer.slice(0, 12))).toEqual([
      'HTTP/1.1 408',
      'HTTP/1.1 413',
      'HTTP/1.1 401',
    ]);
  });
});

describe('the file store', () => {
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });

  it.each([1, 2, 3])('is full at file %d: 507, and nothing is left', async (place) => {
    let files = 0;
    gateway.faults.files.write = async (meta, content, signal) => {
      files += 1;
      if (files === place) content.destroy(full); // as a failing disk under it would
      return gateway.files.write(meta, content, signal);
    };
    const large = filePart('large.mp4', Buffer.alloc(250_000));
    expectProblem(await upload(multipart(large, large, large)), 'STORAGE_FULL');
    expect(await gateway.leftovers()).toEqual(nothing);
  });

  it('is full at the last moment: 507, and nothing is left', async () => {
    gateway.faults.files.write = async (...args) => {
      await gateway.files.write(...args);
      throw full;
    };
    expectProblem(await upload(), 'STORAGE_FULL');
    expect(await gateway.leftovers()).toEqual(nothing);
  });

  it('is away: 503 with Retry-After', async () => {
    gateway.faults.files.write = down;
    const answer = await upload();
    expectProblem(answer, 'STORE_UNAVAILABLE');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(await gateway.leftovers()).toEqual(nothing);
  });

  it('cannot remove a refused file: the answer is the same, and the sweeper removes it', async () => {
    gateway.faults.files.delete = down;
    expectProblem(await upload(multipart(file, filePart('b.mp4', ''))), 'EMPTY_FILE');
    expect(await gateway.leftovers()).toMatchObject({ jobs: [], intents: 1 });
    await sweepLater(4);
    expect(await gateway.leftovers()).toEqual(nothing);
  });
});

describe('the job store', () => {
  it('is away at the start: 503, and no byte is kept', async () => {
    gateway.faults.jobs.openIntent = down;
    const answer = await upload();
    expectProblem(answer, 'STORE_UNAVAILABLE');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(await gateway.leftovers()).toEqual(nothing);
  });

  it('is away at the second file: 503, and nothing is left', async () => {
    gateway.faults.jobs.touchIntent = down;
    expectProblem(await upload(multipart(file, file)), 'STORE_UNAVAILABLE');
    expect(await gateway.leftovers()).toEqual(nothing);
  });

  it.each(['now', 'accept'] as const)(
    'is away at the end (%s): 503, and the sweeper cleans up',
    async (method) => {
      gateway.faults.jobs[method] = down;
      expectProblem(await upload(), 'STORE_UNAVAILABLE');
      expect((await gateway.leftovers()).jobs).toEqual([]);
      await sweepLater(1); // too early: the upload might be under way
      expect((await gateway.leftovers()).intents).toBe(1);
      await sweepLater(3);
      expect(await gateway.leftovers()).toEqual(nothing);
    },
  );

  it.each([
    ['at the second file', 'touchIntent'],
    ['at the end', 'accept'],
  ] as const)('has lost the intent %s to the sweeper: 503, no job, no file', async (_when, method) => {
    const { jobs, faults } = gateway;
    const sweep = async (): Promise<void> => {
      for (const { id } of await jobs.staleIntents(-60_000, 10)) await jobs.dropIntent(id);
    };
    if (method === 'accept') faults.jobs.accept = async (...args) => sweep().then(() => jobs.accept(...args));
    else faults.jobs.touchIntent = async (...args) => sweep().then(() => jobs.touchIntent(...args));
    expectProblem(await upload(multipart(file, file)), 'STORE_UNAVAILABLE');
    expect(await gateway.leftovers()).toEqual(nothing);
  });
});

describe('the queue', () => {
  it.each([
    ['is away', down],
    ['never answers, as under a memory alarm', () => new Promise<never>(() => undefined)],
  ])('%s: 202 all the same, and the sweeper publishes later', async (_what, publish) => {
    const before = await gateway.queue.depth('video');
    gateway.faults.queue.publish = publish;
    const answer = await upload().expect(202);
    const { id } = (answer.body as { jobs: [{ id: string }] }).jobs[0]; // an upload of one file
    expect((await gateway.jobs.get(id))?.job.outbox).toHaveLength(1);
    expect(await gateway.queue.depth('video')).toBe(before);

    await sweepLater(1);
    expect(await gateway.queue.depth('video')).toBe(before + 1);
    expect((await gateway.jobs.get(id))?.job).toMatchObject({ state: 'queued', outbox: [] });
  });
});

import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { Sweeper } from '@clipscribe/job-protocol';
import { silentLog, UnavailableError } from '@clipscribe/runtime';
import { nothing, startAuth, startGateway, type GatewayUnderTest, type TestAuth } from './gateway-harness.ts';
import { expectRefusal, idOf, readAnswer, sha1, someBytes, TusBench } from './tus-bench.ts';

const MIB = 2 ** 20;
const HOUR_MS = 3_600_000;

let auth: TestAuth;
let gateway: GatewayUnderTest;
/** Waits for no client longer than 50 ms. */
let impatient: GatewayUnderTest;
let tus: TusBench;
beforeAll(async () => {
  auth = await startAuth();
  gateway = await startGateway(auth, { maxUploadBytes: 200 * MIB });
  impatient = await startGateway(auth, { stallMs: 50 });
  tus = new TusBench(gateway, auth.ada);
});
afterEach(async () => {
  await tus.reset();
  await gateway.reset();
});
afterAll(async () => {
  await Promise.all([gateway.close(), impatient.close()]);
  await auth.close();
});

/** What the gateway's own sweeper does. */
const sweep = (): Promise<void> => new Sweeper({ ...gateway, log: silentLog }).sweep();

/** Resolves when as many bytes of the upload have been handed to the file store. */
function whenGiven(bytes: number): Promise<void> {
  const given = Promise.withResolvers<undefined>();
  let count = 0;
  gateway.faults.files.write = (meta, content, signal) => {
    content.on('data', (chunk: Buffer) => {
      count += chunk.length;
      if (count >= bytes) given.resolve(undefined);
    });
    return gateway.files.write(meta, content, signal);
  };
  return given.promise;
}

/** Resolves when the upload is nobody's any more. */
function whenReleased(): Promise<void> {
  const released = Promise.withResolvers<undefined>();
  gateway.faults.jobs.replaceUpload = async (upload, version) => {
    const isWritten = await gateway.jobs.replaceUpload(upload, version);
    if (isWritten && upload.lock === undefined) released.resolve(undefined);
    return isWritten;
  };
  return released.promise;
}

describe('a client that goes away in the middle of a PATCH', () => {
  it('keeps what arrived, and goes on from there', async () => {
    const bytes = someBytes(MIB);
    const path = await tus.create(bytes.length);
    const [given, released] = [whenGiven(300_000), whenReleased()];
    const sending = tus.openPatch(path, 0);
    sending.write(bytes.subarray(0, 300_000));
    await given;
    sending.destroy();
    await released;
    expect(await tus.offset(path)).toBe(300_000);
    expect((await tus.patch(path, 300_000, bytes.subarray(300_000))).status).toBe(204);
    expect((await tus.source(path)).equals(bytes)).toBe(true);
  });

  it('after the last byte still has its job', async () => {
    const path = await tus.create(4);
    const given = whenGiven(4);
    const accepted = Promise.withResolvers<undefined>();
    gateway.faults.jobs.accept = async (id, jobs) => {
      const outcome = await gateway.jobs.accept(id, jobs);
      accepted.resolve(undefined);
      return outcome;
    };
    const sending = tus.openPatch(path, 0);
    sending.write('abcd');
    await given;
    sending.destroy();
    await accepted.promise;
    expect(String(await tus.source(path))).toBe('abcd');
  });

  it('with a checksum keeps nothing of it', async () => {
    const path = await tus.create(100);
    await tus.patch(path, 0, Buffer.from('abc'));
    const [given, released] = [whenGiven(3 + 50), whenReleased()];
    const sending = tus.openPatch(path, 3, { 'upload-checksum': `sha1 ${sha1(Buffer.alloc(97))}` });
    sending.write(Buffer.alloc(50));
    await given;
    sending.destroy();
    await released;
    expect(await tus.offset(path)).toBe(3);
    expect(await gateway.filesOnDisk()).toHaveLength(2);
  });

  it('and of a creation leaves nothing, since it does not know the address', async () => {
    const given = whenGiven(10);
    const dropped = Promise.withResolvers<undefined>();
    const removed = Promise.withResolvers<undefined>();
    gateway.faults.jobs.dropIntent = async (id) => {
      dropped.resolve(undefined);
      return gateway.jobs.dropIntent(id);
    };
    gateway.faults.files.delete = async (id) => {
      await gateway.files.delete(id);
      removed.resolve(undefined);
    };
    const type = { 'content-type': 'application/offset+octet-stream' };
    const sending = tus.open('POST', '/uploads', { 'upload-length': '100', ...type });
    sending.write(Buffer.alloc(10));
    await given;
    sending.destroy();
    await Promise.all([dropped.promise, removed.promise]);
    expect((await gateway.jobs.usage(auth.ada.userId)).reserved).toEqual({ jobs: 0, bytes: 0 });
    expect(await gateway.leftovers()).toEqual(nothing);
  });
});

describe('checksums', () => {
  it.each(['sha1', 'sha256', 'sha512'])('%s lets right bytes in', async (algorithm) => {
    const { createHash } = await import('node:crypto');
    const bytes = someBytes(1000);
    const path = await tus.create(bytes.length);
    const digest = createHash(algorithm).update(bytes).digest('base64');
    const headers = { 'upload-checksum': `${algorithm} ${digest}` };
    expect((await tus.patch(path, 0, bytes, headers)).headers['clipscribe-job']).toBe(idOf(path));
    expect(await tus.source(path)).toEqual(bytes);
  });

  it('of many parts count all of them, or none', async () => {
    const bytes = someBytes(70 * MIB);
    const path = await tus.create(bytes.length);
    const wrong = { 'upload-checksum': `sha1 ${sha1(Buffer.from('x'))}` };
    expectRefusal(await tus.patch(path, 0, bytes, wrong), 'CHECKSUM_MISMATCH');
    expect(await tus.offset(path)).toBe(0);
    expect(await gateway.filesOnDisk()).toEqual([]);
    const right = { 'upload-checksum': `sha1 ${sha1(bytes)}` };
    expect((await tus.patch(path, 0, bytes, right)).status).toBe(204);
    expect((await tus.job(path)).source.parts).toHaveLength(2);
  });
});

describe('a second request for an upload', () => {
  it('takes it over from one that hangs, whose bytes are kept', async () => {
    const bytes = someBytes(2000);
    const path = await tus.create(bytes.length);
    const given = whenGiven(1200);
    const hanging = tus.openPatch(path, 0);
    const answer = readAnswer(hanging);
    hanging.write(bytes.subarray(0, 1200));
    await given;
    expect(await tus.offset(path)).toBe(1200);
    expectRefusal(await answer, 'UPLOAD_LOCKED');
    expect((await tus.patch(path, 1200, bytes.subarray(1200))).status).toBe(204);
    expect(await tus.source(path)).toEqual(bytes);
  });

  it('ends an upload while another one is at it', async () => {
    const path = await tus.create(2000);
    const given = whenGiven(1200);
    const hanging = tus.openPatch(path, 0);
    const answer = readAnswer(hanging);
    hanging.write(Buffer.alloc(1200));
    await given;
    expect((await tus.send('DELETE', path)).status).toBe(204);
    expectRefusal(await answer, 'UPLOAD_LOCKED');
    expect(await gateway.leftovers()).toEqual(nothing);
  });

  it('gets the upload when the lock of a killed gateway has run out', async () => {
    const path = await tus.create(3);
    await lockAsDead(path);
    const asked = Promise.withResolvers<undefined>();
    gateway.faults.jobs.replaceUpload = async (upload, version) => {
      if (upload.lock?.releaseRequested === true) asked.resolve(undefined);
      return gateway.jobs.replaceUpload(upload, version);
    };
    const answer = tus.patch(path, 0, Buffer.from('abc'));
    await asked.promise;
    gateway.elapse(20_000);
    expect((await answer).status).toBe(204);
    expect(String(await tus.source(path))).toBe('abc');
  });
});

/** Leaves the upload as a gateway does that is killed while it writes a part. */
async function lockAsDead(path: string): Promise<string> {
  const fileId = newId();
  const reading = await gateway.jobs.getUpload(idOf(path));
  if (reading === null) throw new Error('no upload');
  const { upload, now } = reading;
  const lock = { token: newId(), expiresAt: now + 10_000 };
  await gateway.jobs.replaceUpload({ ...upload, pending: [fileId], lock }, upload.version);
  return fileId;
}

describe('a client that stops sending', () => {
  it('is told so, and what arrived is kept', async () => {
    const slow = new TusBench(impatient, auth.ada);
    const path = await slow.create(50_000);
    const sending = slow.openPatch(path, 0);
    // Enough to be in time even when this machine is slow.
    sending.write(Buffer.alloc(30_000));
    expectRefusal(await readAnswer(sending), 'UPLOAD_STALLED');
    expect(await slow.offset(path)).toBe(30_000);
    await slow.reset();
    await impatient.reset();
  });
});

describe('an upload that expires', () => {
  it('says when, and later with every part', async () => {
    const created = await tus.send('POST', '/uploads', { 'upload-length': '10' });
    const path = created.headers.location ?? '';
    const expires = (answer: { headers: object }): number =>
      Date.parse((answer.headers as Record<string, string>)['upload-expires'] ?? '');
    const first = expires(created);
    expect(Math.abs(first - Date.now() - 24 * HOUR_MS)).toBeLessThan(60_000);
    gateway.elapse(HOUR_MS);
    expect(expires(await tus.patch(path, 0, Buffer.from('a')))).toBeGreaterThanOrEqual(
      first + HOUR_MS - 1000,
    );
    expect(expires(await tus.send('HEAD', path))).toBeGreaterThanOrEqual(first + HOUR_MS - 1000);
    await gateway.jobs.dropIntent(idOf(path));
  });

  it('is gone, and swept with all its files', async () => {
    const path = await tus.create(10);
    await tus.patch(path, 0, Buffer.from('abc'));
    gateway.elapse(23 * HOUR_MS);
    await sweep();
    expect(await tus.offset(path)).toBe(3);
    gateway.elapse(2 * HOUR_MS);
    expectRefusal(await tus.send('HEAD', path), 'UPLOAD_EXPIRED', true);
    expectRefusal(await tus.patch(path, 3, Buffer.from('d')), 'UPLOAD_EXPIRED');
    expectRefusal(await tus.send('DELETE', path), 'UPLOAD_EXPIRED');
    await sweep();
    expectRefusal(await tus.send('HEAD', path), 'NOT_FOUND', true);
    expect(await gateway.leftovers()).toEqual(nothing);
  });

  it('is not taken away from who is at it', async () => {
    const path = await tus.create(10);
    gateway.elapse(25 * HOUR_MS);
    await lockAsDead(path);
    await sweep();
    expect(await gateway.jobs.getUpload(idOf(path))).not.toBeNull();
    gateway.elapse(20_000);
    await sweep();
    expect(await gateway.jobs.getUpload(idOf(path))).toBeNull();
  });
});

describe('a gateway that died', () => {
  it('while it wrote a part leaves nothing but the parts before', async () => {
    const path = await tus.create(10);
    await tus.patch(path, 0, Buffer.from('abc'));
    const left = await lockAsDead(path);
    const meta = {
      id: left,
      ownerId: auth.ada.userId,
      jobId: idOf(path),
      kind: 'source',
      name: 'x',
    } as const;
    const { Readable } = await import('node:stream');
    await gateway.files.write({ ...meta, contentType: 'x' }, Readable.from(['dead']));
    expect(await gateway.jobs.isIntended(left)).toBe(true);
    gateway.elapse(20_000);
    expect(await tus.offset(path)).toBe(3);
    expect(await gateway.files.stat(left)).toBeNull();
    expect((await tus.patch(path, 3, Buffer.from('defghij'))).status).toBe(204);
    expect(String(await tus.source(path))).toBe('abcdefghij');
  });

  /** All bytes are there, but nobody has made the job. */
  async function complete(): Promise<string> {
    const path = await tus.create(3);
    gateway.faults.jobs.accept = () => Promise.reject(new UnavailableError('job store'));
    expectRefusal(await tus.patch(path, 0, Buffer.from('abc')), 'STORE_UNAVAILABLE');
    expectRefusal(await tus.send('HEAD', path), 'UPLOAD_LOCKED', true);
    delete gateway.faults.jobs.accept;
    expect(await gateway.jobs.get(idOf(path))).toBeNull();
    return path;
  }

  it('before it made the job: the next HEAD makes it', async () => {
    const path = await complete();
    const { headers } = await tus.send('HEAD', path);
    expect(headers).toMatchObject({ 'upload-offset': '3', 'clipscribe-job': idOf(path) });
    expect(String(await tus.source(path))).toBe('abc');
  });

  it('before it made the job: the next PATCH makes it', async () => {
    const path = await complete();
    expect((await tus.patch(path, 3, Buffer.alloc(0))).headers['clipscribe-job']).toBe(idOf(path));
  });

  it('before it made the job: the sweeper makes it, once', async () => {
    const path = await complete();
    await Promise.all([sweep(), sweep()]);
    expect(await gateway.jobs.list({ limit: 10 })).toHaveLength(1);
    expect(String(await tus.source(path))).toBe('abc');
    expect(await tus.offset(path)).toBe(3);
  });
});

describe('a store that fails', () => {
  it('in the middle costs the part under way', async () => {
    const path = await tus.create(10);
    await tus.patch(path, 0, Buffer.from('abc'));
    gateway.faults.files.write = (_meta, content) => {
      content.destroy();
      return Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }));
    };
    expectRefusal(await tus.patch(path, 3, Buffer.from('defghij')), 'STORAGE_FULL');
    delete gateway.faults.files.write;
    expect(await tus.offset(path)).toBe(3);
    expect((await tus.patch(path, 3, Buffer.from('defghij'))).status).toBe(204);
  });

  const down = () => Promise.reject(new UnavailableError('job store'));

  it('before anything is written: 503, and nothing is begun', async () => {
    gateway.faults.jobs.openUpload = down;
    expectRefusal(await tus.send('POST', '/uploads', { 'upload-length': '3' }), 'STORE_UNAVAILABLE');
    expect((await gateway.jobs.usage(auth.ada.userId)).reserved).toEqual({ jobs: 0, bytes: 0 });
  });

  it.each(['getUpload', 'replaceUpload'] as const)('%s of the job store: 503', async (name) => {
    const path = await tus.create(10);
    if (name === 'getUpload') gateway.faults.jobs.getUpload = down;
    else gateway.faults.jobs.replaceUpload = down;
    expectRefusal(await tus.patch(path, 0, Buffer.from('abc')), 'STORE_UNAVAILABLE');
    if (name === 'getUpload') expectRefusal(await tus.send('HEAD', path), 'UPLOAD_LOCKED', true);
    delete gateway.faults.jobs.getUpload;
    delete gateway.faults.jobs.replaceUpload;
    expect(await tus.offset(path)).toBe(0);
  });

  it('auth that is away lets nobody in', async () => {
    const path = await tus.create(10);
    const dead = await startGateway({ url: 'http://127.0.0.1:1' });
    const bench = new TusBench(dead, auth.ada);
    expectRefusal(await bench.patch(path, 0, Buffer.from('abc')), 'AUTH_UNAVAILABLE');
    // A 503 would have tus-js-client begin anew.
    expectRefusal(await bench.send('HEAD', path), 'UPLOAD_LOCKED', true);
    await dead.close();
  });
});

describe('a gateway that stops', () => {
  it('ends a PATCH, and says how far it came', async () => {
    const stopping = new AbortController();
    const stopped = await startGateway(auth, {}, { stopping: stopping.signal });
    const bench = new TusBench(stopped, auth.ada);
    const path = await bench.create(10);
    const given = Promise.withResolvers<undefined>();
    stopped.faults.files.write = (meta, content, signal) => {
      content.once('data', () => {
        given.resolve(undefined);
      });
      return stopped.files.write(meta, content, signal);
    };
    const sending = bench.openPatch(path, 0);
    sending.write('abcd');
    const answer = readAnswer(sending);
    await given.promise;
    stopping.abort();
    expect(await answer).toMatchObject({
      status: 204,
      headers: { 'upload-offset': '4', connection: 'close' },
    });
    sending.destroy();
    await once(sending, 'close');
    expect(await bench.offset(path)).toBe(4);
    await stopped.close();
  });
});

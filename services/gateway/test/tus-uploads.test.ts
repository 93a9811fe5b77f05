import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { isId, type JobView } from '@clipscribe/contracts';
import { nothing, startAuth, startGateway, type GatewayUnderTest, type TestAuth } from './gateway-harness.ts';
import { expectRefusal, idOf, metadata, sha256, someBytes, TusBench } from './tus-bench.ts';

const MIB = 2 ** 20;

let auth: TestAuth;
let gateway: GatewayUnderTest;
let tus: TusBench;
beforeAll(async () => {
  auth = await startAuth();
  gateway = await startGateway(auth, { maxUploadBytes: 200 * MIB });
  tus = new TusBench(gateway, auth.ada);
});
afterEach(async () => {
  await tus.reset();
  await gateway.reset();
});
afterAll(async () => {
  await gateway.close();
  await auth.close();
});

describe('a resumable upload', () => {
  it('tells without a token what is supported', async () => {
    const answer = await gateway.client.options('/uploads').expect(204);
    expect(answer.headers).toMatchObject({
      'tus-version': '1.0.0',
      'tus-extension': 'creation,creation-with-upload,termination,expiration,checksum',
      'tus-max-size': String(200 * MIB),
      'tus-checksum-algorithm': 'sha1,sha256,sha512',
    });
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('becomes a job with its last byte, with the options and the name of its metadata', async () => {
    const bytes = someBytes(50_000);
    const about = metadata({
      filename: '../Grüße.mp4',
      filetype: 'video/mp4',
      language: 'German',
      title: 'T',
    });
    const path = await tus.create(bytes.length, { 'upload-metadata': about });
    expect(path).toMatch(/^\/uploads\/[0-9a-f-]{36}$/);
    const first = await tus.patch(path, 0, bytes.subarray(0, 20_000));
    expect(first).toMatchObject({ status: 204, body: '', headers: { 'upload-offset': '20000' } });
    expect(first.headers).not.toHaveProperty('clipscribe-job');
    const standing = await tus.send('HEAD', path);
    expect(standing.headers).toMatchObject({
      ...{ 'upload-offset': '20000', 'upload-length': '50000', 'cache-control': 'no-store' },
      ...{ 'upload-metadata': about, 'tus-resumable': '1.0.0' },
    });
    expect(await gateway.jobs.list({ limit: 10 })).toEqual([]);

    const last = await tus.patch(path, 20_000, bytes.subarray(20_000));
    expect(last).toMatchObject({
      status: 204,
      headers: { 'upload-offset': '50000', 'clipscribe-job': idOf(path) },
    });
    expect(last.headers).not.toHaveProperty('upload-expires');
    expect(await tus.source(path)).toEqual(bytes);
    const { body } = await gateway
      .as(auth.ada)
      .get(`/jobs/${idOf(path)}`)
      .expect(200);
    expect(body).toMatchObject({
      state: 'queued',
      source: { name: 'Grüße.mp4', bytes: 50_000, sha256: sha256(bytes) },
      options: { language: 'de', title: 'T', transcript: true },
    });
  });

  it.each<Record<string, string>>([{}, { 'content-length': '0' }, { 'transfer-encoding': 'chunked' }])(
    'begins without a byte also where a type of bytes is said, with %j',
    async (framing) => {
      const path = await tus.create(4, { 'content-type': 'application/offset+octet-stream', ...framing });
      expect((await tus.send('HEAD', path)).headers).toMatchObject({ 'upload-offset': '0' });
      expect((await tus.patch(path, 0, someBytes(4))).headers).toHaveProperty('clipscribe-job');
    },
  );

  it('is published like any other', async () => {
    const published = Promise.withResolvers<string>();
    gateway.faults.queue.publish = async (queue, body, options) => {
      await gateway.queue.publish(queue, body, options);
      published.resolve(`${queue} ${body}`);
    };
    const path = await tus.create(3);
    await tus.patch(path, 0, Buffer.from('abc'));
    expect(await published.promise).toMatch(new RegExp(`^video .*${idOf(path)}`));
  });

  it('comes whole with its creation', async () => {
    const bytes = someBytes(9000);
    const headers = { 'upload-length': '9000', 'content-type': 'application/offset+octet-stream' };
    const answer = await tus.send('POST', '/uploads', headers, bytes);
    const path = answer.headers.location ?? '';
    expect(answer).toMatchObject({
      status: 201,
      headers: { 'upload-offset': '9000', 'clipscribe-job': idOf(path) },
    });
    expect(await tus.source(path)).toEqual(bytes);
  });

  it('begins with its creation, and goes on', async () => {
    const bytes = someBytes(9000);
    const headers = { 'upload-length': '9000', 'content-type': 'application/offset+octet-stream' };
    const answer = await tus.send('POST', '/uploads', headers, bytes.subarray(0, 4000));
    expect(answer).toMatchObject({ status: 201, headers: { 'upload-offset': '4000' } });
    expect(new Date(answer.headers['upload-expires'] as string).getTime()).toBeGreaterThan(Date.now());
    const path = answer.headers.location ?? '';
    expect((await tus.patch(path, 4000, bytes.subarray(4000))).headers['clipscribe-job']).toBe(idOf(path));
    expect(await tus.source(path)).toEqual(bytes);
  });

  it('still answers when the last answer was lost, and gives no second job', async () => {
    const path = await tus.create(3);
    await tus.patch(path, 0, Buffer.from('abc'));
    const standing = await tus.send('HEAD', path);
    expect(standing).toMatchObject({
      status: 200,
      headers: { 'upload-offset': '3', 'upload-length': '3', 'clipscribe-job': idOf(path) },
    });
    expectRefusal(await tus.patch(path, 0, Buffer.from('abc')), 'OFFSET_MISMATCH');
    expect(await tus.patch(path, 3, Buffer.alloc(0))).toMatchObject({
      status: 204,
      headers: { 'upload-offset': '3', 'clipscribe-job': idOf(path) },
    });
    expectRefusal(await tus.patch(path, 3, Buffer.from('d')), 'TOO_LARGE');
    expect(await gateway.jobs.list({ limit: 10 })).toHaveLength(1);
  });

  it('takes POST with X-HTTP-Method-Override for PATCH and DELETE, and for nothing else', async () => {
    const path = await tus.create(3);
    const headers = { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
    const override = { 'x-http-method-override': 'PATCH' };
    expect((await tus.send('POST', path, headers, Buffer.from('a'))).status).toBe(405);
    expect((await tus.send('POST', path, { ...headers, ...override }, Buffer.from('a'))).status).toBe(204);
    const deleting = { 'x-http-method-override': 'DELETE' };
    expect(await tus.send('HEAD', path, deleting)).toMatchObject({ status: 200 });
    expect((await tus.send('POST', path, { 'x-http-method-override': 'GET' })).status).toBe(405);
    const created = await tus.send('POST', '/uploads', { 'upload-length': '5', ...deleting });
    expect(created.status).toBe(201);
    await gateway.jobs.dropIntent(idOf(created.headers.location ?? ''));
    expect((await tus.send('POST', path, deleting)).status).toBe(204);
    expectRefusal(await tus.send('HEAD', path), 'NOT_FOUND', true);
  });

  it('is cut into parts of 64 MiB, none of which is in memory', async () => {
    const bytes = someBytes(150 * MIB);
    const path = await tus.create(bytes.length);
    expect((await tus.patch(path, 0, bytes)).headers['clipscribe-job']).toBe(idOf(path));
    const { source } = await tus.job(path);
    expect(source.sha256).toBeUndefined();
    const stored = await Promise.all((source.parts ?? []).map((id) => gateway.files.stat(id)));
    expect(stored.map((file) => (file?.bytes ?? 0) / MIB)).toEqual([64, 64, 22]);
    expect(sha256(await tus.source(path))).toBe(sha256(bytes));
    const { body } = await gateway
      .as(auth.ada)
      .get(`/jobs/${idOf(path)}`)
      .expect(200);
    expect((body as JobView).source).toEqual({ name: 'video', bytes: bytes.length });
  });

  it('has few parts however small the requests are', async () => {
    const bytes = someBytes(20 * MIB);
    const path = await tus.create(bytes.length);
    for (let offset = 0; offset < bytes.length; offset += MIB)
      await tus.patch(path, offset, bytes.subarray(offset, offset + MIB));
    const { parts = [] } = (await tus.job(path)).source;
    const stored = await Promise.all(parts.map((id) => gateway.files.stat(id)));
    expect(stored.map((file) => (file?.bytes ?? 0) / MIB)).toEqual([8, 8, 4]);
    expect((await tus.source(path)).equals(bytes)).toBe(true);
    // Nothing is left of the smaller files that they were made of.
    expect(new Set((await gateway.filesOnDisk()).map((name) => name.slice(0, 36)))).toEqual(new Set(parts));
  });

  it('is given up with DELETE, and leaves nothing', async () => {
    const path = await tus.create(10);
    await tus.patch(path, 0, Buffer.from('abc'));
    expect(await tus.send('DELETE', path)).toMatchObject({ status: 204, body: '' });
    expect(await gateway.leftovers()).toEqual(nothing);
    expectRefusal(await tus.send('HEAD', path), 'NOT_FOUND', true);
    expectRefusal(await tus.patch(path, 3, Buffer.from('d')), 'NOT_FOUND');
    expectRefusal(await tus.send('DELETE', path), 'NOT_FOUND');
  });

  it('is not given up any more once it is a job', async () => {
    const path = await tus.create(3);
    await tus.patch(path, 0, Buffer.from('abc'));
    expectRefusal(await tus.send('DELETE', path), 'UPLOAD_FINISHED');
    await gateway
      .as(auth.ada)
      .delete(`/jobs/${idOf(path)}`)
      .expect(204);
    expectRefusal(await tus.send('HEAD', path), 'NOT_FOUND', true);
    expectRefusal(await tus.send('DELETE', path), 'NOT_FOUND');
    expect(await gateway.filesOnDisk()).toEqual([]);
  });

  it('never takes an id from the client', async () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    const path = await tus.create(3, { 'upload-metadata': metadata({ filename: id }), 'x-upload-id': id });
    expect(idOf(path)).not.toBe(id);
    expect(isId(idOf(path))).toBe(true);
  });
});

describe('a PATCH', () => {
  it.each(['ten at once', 'three at once'])('of %s with the last bytes: one job', async (title) => {
    const bytes = someBytes(10_000);
    const path = await tus.create(bytes.length);
    await tus.patch(path, 0, bytes.subarray(0, 5000));
    const count = title.startsWith('ten') ? 10 : 3;
    const answers = await Promise.all(
      Array.from({ length: count }, () => tus.patch(path, 5000, bytes.subarray(5000))),
    );
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(count - 1);
    expect(await gateway.jobs.list({ limit: 10 })).toHaveLength(1);
    expect(await tus.source(path)).toEqual(bytes);
    expect(await gateway.filesOnDisk()).toHaveLength(2);
  });

  it('without bytes changes nothing', async () => {
    const path = await tus.create(10);
    expect((await tus.patch(path, 0, Buffer.alloc(0))).headers['upload-offset']).toBe('0');
    expect(await gateway.filesOnDisk()).toEqual([]);
  });
});

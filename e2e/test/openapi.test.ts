import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  newId,
  terminalStates,
  type AddedUser,
  type DeadLetterList,
  type DeadLetterView,
  type JobView,
  type UserPage,
  type WebhookDeliveryView,
} from '@clipscribe/contracts';
import { AnswerChecker, SchemaChecks, type JsonObject } from '@clipscribe/gateway/testing';
import { openJobQueue } from '@clipscribe/job-queue';
import { embeddedServices, silentLog } from '@clipscribe/runtime';
import { Receiver } from '@clipscribe/webhooks/testing';
import { makeSpeech } from '../support/media.ts';
import { CheckedClient, type Ask, type Answered } from '../support/openapi/checked-client.ts';
import { toldOperations } from '../support/openapi/told-operations.ts';
import { startEmbedded, type Running } from '../support/running.ts';
import { soon } from '../support/soon.ts';
import { adminEmail, adminPassword } from '../support/suite-process.ts';

const env = { WEBHOOK_ALLOW: '127.0.0.1', REGISTRATION: 'open', LOGINS_PER_MINUTE: '100', MAX_FILES: '3' };
const ada = { email: 'ada@example.org', password: 'lanterns over nine quiet harbours' };
const TUS = { 'tus-resumable': '1.0.0' };
const BYTES = { ...TUS, 'content-type': 'application/offset+octet-stream' };
const JSON_TYPE = { 'content-type': 'application/json' };

let folder: string;
let suite: Running;
let client: CheckedClient;
let receiver: Receiver;
let video: Buffer;
let token: string;
/** A recording of speech, done. */
let job: JobView;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipscribe-openapi-'));
  video = await readFile(await makeSpeech(folder, 'talk', 'The quick brown fox jumps over the lazy dog.'));
  suite = await startEmbedded(join(folder, 'data'), env);
  receiver = await Receiver.start();
  client = await CheckedClient.of(suite.url);
  await client.ask(201, 'POST /register', { body: ada });
  token = (await client.ask(200, 'POST /login', { headers: basic(ada.email, ada.password) })).text;
  job = await ended((await upload()).id);
});
afterAll(async () => {
  await suite.stop();
  await receiver.close();
  await rm(folder, { recursive: true, force: true });
});

const basic = (email: string, password: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${email}:${password}`).toString('base64')}`,
});

/** Asks with Ada's token. */
const ask = (status: number | null, route: string, asking: Ask = {}): Promise<Answered> =>
  client.ask(status, route, { token, ...asking });

async function asAdmin(): Promise<{ token: string }> {
  const { text } = await client.ask(200, 'POST /login', { headers: basic(adminEmail, adminPassword) });
  return { token: text };
}

function form(fields: Record<string, string>, ...files: Buffer[]): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  for (const file of files) data.append('file', new Blob([new Uint8Array(file)]), 'talk.mp4');
  return data;
}

async function upload(fields: Record<string, string> = {}, file = video): Promise<JobView> {
  const { json } = await ask(202, 'POST /upload', { body: form(fields, file) });
  const [first] = (json as { jobs: JobView[] }).jobs; // the checker has looked at it
  if (first === undefined) throw new Error('no job');
  return first;
}

const jobOf = async (id: string): Promise<JobView> => (await ask(200, `GET /jobs/${id}`)).json as JobView; // as above

async function ended(id: string): Promise<JobView> {
  await soon(async () => terminalStates.includes((await jobOf(id)).state), 120_000);
  return jobOf(id);
}

describe('every answer of the real thing is as /openapi.json tells', () => {
  it('about the server', async () => {
    for (const path of ['/', '/docs', '/openapi.json', '/healthz', '/readyz']) {
      await client.ask(200, `GET ${path}`);
      await client.ask(200, `HEAD ${path}`);
    }
    for (const path of ['/docs', '/openapi.json']) {
      const { headers } = await client.ask(200, `GET ${path}`);
      await client.ask(304, `GET ${path}`, { headers: { 'if-none-match': headers.etag ?? '' } });
    }
    const page = await client.ask(200, 'GET /', { headers: { accept: 'text/html' } });
    await client.ask(304, 'GET /', {
      headers: { accept: 'text/html', 'if-none-match': page.headers.etag ?? '' },
    });
    const files = [...page.text.matchAll(/"\/app\/([^"]+)"/g)].map(([, name = '']) => name);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const { headers } = await client.ask(200, `GET /app/${file}`);
      await client.ask(304, `GET /app/${file}`, { headers: { 'if-none-match': headers.etag ?? '' } });
      await client.ask(200, `HEAD /app/${file}`);
    }
    await client.ask(404, 'GET /app/none.js');
  });

  it('about accounts', async () => {
    const { email, password } = ada;
    await client.ask(200, 'POST /login', { body: ada, headers: { accept: 'application/json' } });
    await client.ask(401, 'POST /login', { body: { email, password: 'wrong' } });
    await client.ask(401, 'POST /login');
    await client.ask(400, 'POST /login', { body: { email } });
    await client.ask(400, 'POST /login', { body: Buffer.from('{'), headers: JSON_TYPE });
    await client.ask(415, 'POST /login', {
      body: Buffer.from('x'),
      headers: { 'content-type': 'text/plain' },
    });
    await client.ask(413, 'POST /login', { body: { email, password: 'x'.repeat(20_000) } });
    await client.ask(409, 'POST /register', { body: ada });
    await client.ask(400, 'POST /register', { body: { email: 'bob@example.org', password: 'short' } });
    await client.ask(400, 'POST /register', { body: { email: 'no address', password } });
    const next = 'a purple kettle in the tall grass';
    const eve = { email: 'eve@example.org', password };
    await client.ask(201, 'POST /register', { body: eve });
    const hers = { token: (await client.ask(200, 'POST /login', { body: eve })).text };
    await client.ask(401, 'POST /password', { ...hers, body: { currentPassword: 'x', newPassword: next } });
    await client.ask(400, 'POST /password', {
      ...hers,
      body: { currentPassword: password, newPassword: 'x' },
    });
    await client.ask(204, 'POST /password', {
      ...hers,
      body: { currentPassword: password, newPassword: next },
    });
    const again = { token: (await client.ask(200, 'POST /login', { headers: basic(eve.email, next) })).text };
    await client.ask(204, 'POST /logout', again);
    await client.ask(401, 'POST /logout', again);
    await ask(200, 'GET /me');
    await ask(200, 'HEAD /me');
    await ask(200, 'PATCH /me', { body: { mail: { ready: false } } });
    await ask(400, 'PATCH /me', { body: { mail: { never: false } } });
    await ask(415, 'PATCH /me', { body: Buffer.from('x') });
    await ask(413, 'PATCH /me', { body: { mail: 'x'.repeat(20_000) } });
  });

  it('about uploads', async () => {
    const headers = { 'idempotency-key': newId() };
    const small = Buffer.from('no video at all');
    await ask(202, 'POST /upload', { headers, body: form({ transcript: 'no' }, small, small) });
    await ask(202, 'POST /upload', { headers, body: form({ transcript: 'no' }, small, small) });
    await ask(422, 'POST /upload', { headers, body: form({}, small) });
    await ask(422, 'POST /upload', { body: form({}, Buffer.alloc(0)) });
    await ask(400, 'POST /upload', { body: form({}) });
    await ask(400, 'POST /upload', { body: form({ quality: 'best' }, small) });
    await ask(400, 'POST /upload', { body: form({ webhook: 'http://10.0.0.1/' }, small) });
    await ask(400, 'POST /upload', { body: form({}, small, small, small, small) });
    await ask(400, 'POST /upload', { headers: { 'idempotency-key': 'ü' }, body: form({}, small) });
    await ask(415, 'POST /upload', { body: small });
    const broken = { 'content-type': 'multipart/form-data; boundary=x' };
    await ask(400, 'POST /upload', { headers: broken, body: Buffer.from('--x\r\n') });
  });

  it('about resumable uploads', async () => {
    const begin = async (length: number): Promise<string> => {
      const headers = {
        ...TUS,
        'upload-length': String(length),
        'upload-metadata': `filename ${btoa('a.mp4')}`,
      };
      return (await ask(201, 'POST /uploads', { headers })).headers.location ?? '';
    };
    await client.ask(204, 'OPTIONS /uploads');
    await ask(412, 'POST /uploads');
    await ask(400, 'POST /uploads', { headers: TUS });
    await ask(422, 'POST /uploads', { headers: { ...TUS, 'upload-length': '0' } });
    await ask(413, 'POST /uploads', { headers: { ...TUS, 'upload-length': '999999999999999' } });
    await ask(400, 'POST /uploads', { headers: { ...TUS, 'upload-length': '1', 'upload-metadata': '=' } });
    const at = await begin(10);
    const piece = (offset: number): Record<string, string> => ({ ...BYTES, 'upload-offset': String(offset) });
    const body = Buffer.from('01234');
    await client.ask(204, `OPTIONS ${at}`);
    await ask(200, `HEAD ${at}`, { headers: TUS });
    await ask(412, `HEAD ${at}`);
    await ask(409, `PATCH ${at}`, { headers: piece(3), body });
    await ask(415, `PATCH ${at}`, { headers: { ...TUS, 'upload-offset': '0' }, body });
    await ask(400, `PATCH ${at}`, { headers: { ...piece(0), 'upload-checksum': 'md5 x' }, body });
    const wrong = createHash('sha1').update('other').digest('base64');
    await ask(460, `PATCH ${at}`, { headers: { ...piece(0), 'upload-checksum': `sha1 ${wrong}` }, body });
    await ask(204, `PATCH ${at}`, { headers: piece(0), body });
    await ask(405, `POST ${at}`, { headers: TUS });
    await ask(200, `POST ${at}`, { headers: { ...TUS, 'x-http-method-override': 'HEAD' } });
    await ask(204, `POST ${at}`, { headers: { ...piece(5), 'x-http-method-override': 'PATCH' }, body });
    await ask(409, `DELETE ${at}`, { headers: TUS });
    await ask(200, `HEAD ${at}`, { headers: TUS });
    await ask(204, `DELETE ${await begin(7)}`, { headers: TUS });
    const whole = { ...BYTES, 'upload-length': '5' };
    expect((await ask(201, 'POST /uploads', { headers: whole, body })).headers).toHaveProperty(
      'clipscribe-job',
    );
  });

  it('about jobs', async () => {
    await ask(200, 'GET /jobs?limit=1&state=succeeded');
    await ask(200, 'HEAD /jobs');
    for (const query of ['limit=0', 'state=deleted', 'cursor=x']) await ask(400, `GET /jobs?${query}`);
    await ask(200, `HEAD /jobs/${job.id}`);
    expect((await ask(200, `GET /jobs/${job.id}/events`)).text).toContain('event: job');
    const doomed = await upload({ transcript: 'false' }, Buffer.from('no video either'));
    const stream = ask(200, 'GET /events', { until: 'event: gone' });
    const failed = await ended(doomed.id);
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'NOT_MEDIA' } });
    await ask(409, `GET /jobs/${failed.id}/audio`);
    await ask(409, `GET /jobs/${failed.id}/transcript`);
    await ask(202, `POST /jobs/${failed.id}/retry`);
    await ended(failed.id);
    await ask(204, `DELETE /jobs/${failed.id}`);
    expect((await stream).text).toContain(failed.id);
    await ask(409, `POST /jobs/${job.id}/retry`);
    await ask(409, `POST /jobs/${job.id}/cancel`);
    const next = await upload();
    await ask(200, `POST /jobs/${next.id}/cancel`);
    await ask(409, `POST /jobs/${next.id}/transcripts`);
  });

  it('about results', async () => {
    const audio = `/jobs/${job.id}/audio`;
    const { headers } = await ask(200, `GET ${audio}`);
    await ask(200, `HEAD ${audio}`);
    await ask(206, `GET ${audio}`, { headers: { range: 'bytes=0-9' } });
    await ask(416, `GET ${audio}`, { headers: { range: 'bytes=999999999-' } });
    await ask(304, `GET ${audio}`, { headers: { 'if-none-match': headers.etag ?? '' } });
    const cookie = (await ask(204, `POST /jobs/${job.id}/media-cookie`)).headers['set-cookie']?.[0] ?? '';
    await client.ask(200, `GET ${audio}`, { headers: { cookie: cookie.split(';')[0] ?? '' } });
    const fileIds = [job.audio.fileId, job.transcript.fileId];
    const transcripts = [
      `/jobs/${job.id}/transcript?`,
      `/jobs/${job.id}/transcripts/1?`,
      `/download?fid=${fileIds[1] ?? ''}&`,
    ];
    for (const path of transcripts) {
      for (const format of ['txt', 'srt', 'vtt', 'json', 'tsv']) {
        const { headers: told } = await ask(200, `GET ${path}format=${format}`);
        await ask(206, `GET ${path}format=${format}`, { headers: { range: 'bytes=0-9' } });
        await ask(304, `GET ${path}format=${format}`, { headers: { 'if-none-match': told.etag ?? '' } });
      }
      await ask(200, `HEAD ${path}`);
      await ask(400, `GET ${path}format=pdf`);
      await ask(400, `GET ${path}format=txt&format=srt`);
      await ask(406, `GET ${path}`, { headers: { accept: 'image/png' } });
      await ask(416, `GET ${path}`, { headers: { range: 'bytes=999999999-' } });
    }
    await ask(200, `GET /download?fid=${fileIds[0] ?? ''}`);
    await ask(400, 'GET /download');
    await ask(404, 'GET /download?fid=x');
    await ask(200, `GET /jobs/${job.id}/transcripts`);
    await ask(200, `HEAD /jobs/${job.id}/transcripts`);
    const headersOf = { 'idempotency-key': newId() };
    const again = `POST /jobs/${job.id}/transcripts`;
    await ask(202, again, { headers: headersOf, body: { language: 'en' } });
    await ask(422, again, { headers: headersOf, body: { prompt: 'a fox' } });
    await ask(400, again, { body: { quality: 'V2' } });
    await ask(415, again, { body: Buffer.from('x') });
    await ended(job.id);
    await ask(202, again, { body: form({ prompt: 'a fox' }) });
    await ended(job.id);
    const urlEncoded = { 'content-type': 'application/x-www-form-urlencoded' };
    await ask(202, again, { body: Buffer.from('language=en'), headers: urlEncoded });
    await ended(job.id);
  });

  it('about webhooks, and what they are told', async () => {
    const url = receiver.url();
    const { json } = await ask(201, 'POST /webhooks', { body: { url } });
    const own = `/webhooks/${(json as { id: string }).id}`; // the checker has looked at it
    await ask(400, 'POST /webhooks', { body: { url: 'http://10.0.0.1/' } });
    await ask(400, 'POST /webhooks', { body: { url: 'no address' } });
    for (const path of ['/webhooks', own, `${own}/secret`, '/webhooks/upload/secret', `${own}/deliveries`]) {
      await ask(200, `GET ${path}`);
      await ask(200, `HEAD ${path}`);
    }
    await ask(200, `PATCH ${own}`, { body: { events: ['job.failed'] } });
    await ask(400, `PATCH ${own}`, { body: { events: [] } });
    await ask(200, `POST ${own}/rotate-secret`);
    await ask(200, `GET ${own}/secret`);
    await ask(200, 'POST /webhooks/upload/rotate-secret');
    const { id } = await upload({ transcript: 'false' }, Buffer.from('no video again'));
    const log = `/jobs/${id}/webhooks`;
    const told = async (): Promise<WebhookDeliveryView[]> =>
      ((await ask(200, `GET ${log}`)).json as { deliveries: WebhookDeliveryView[] }).deliveries; // as above
    await soon(async () => (await told())[0]?.state === 'delivered', 60_000);
    const place = ['webhooks', 'jobEnded', 'post', 'requestBody', 'content', 'application/json', 'schema'];
    const payload: unknown = JSON.parse(receiver.received[0]?.body ?? '');
    expect(new SchemaChecks(client.document).problemsOf(place, payload)).toEqual([]);
    await ask(200, `HEAD ${log}`);
    await ask(200, `GET ${own}/deliveries`);
    await ask(202, `POST ${log}/${(await told())[0]?.id ?? ''}/replay`);
    await ask(404, `POST ${log}/${newId()}/replay`);
    await ask(400, `GET ${own}/deliveries?cursor=x`);
    await ask(204, `DELETE ${own}`);
    const answers = [];
    for (let count = 0; count < 40; count += 1)
      answers.push(await ask(null, 'POST /webhooks', { body: { url } }));
    expect(answers.at(-1)?.json).toMatchObject({ code: 'TOO_MANY_WEBHOOKS' });
  });

  it('about administration', async () => {
    const by = await asAdmin();
    const { json } = await client.ask(201, 'POST /admin/users', {
      ...by,
      body: { email: 'joan@example.org' },
    });
    const own = `/admin/users/${(json as AddedUser).id}`; // the checker has looked at it
    await client.ask(409, 'POST /admin/users', { ...by, body: { email: 'joan@example.org' } });
    await client.ask(400, 'POST /admin/users', { ...by, body: { email: 'joan' } });
    await client.ask(413, 'POST /admin/users', { ...by, body: { email: 'x'.repeat(20_000) } });
    await client.ask(415, 'POST /admin/users', { ...by, body: Buffer.from('x') });
    await client.ask(200, 'GET /admin/users?limit=1&search=joan', by);
    await client.ask(200, 'HEAD /admin/users', by);
    await client.ask(400, 'GET /admin/users?limit=0', by);
    await client.ask(200, `PATCH ${own}`, { ...by, body: { disabled: true } });
    await client.ask(400, `PATCH ${own}`, { ...by, body: { role: 'admin' } });
    await client.ask(200, `POST ${own}/reset-password`, by);
    const { users } = (await client.ask(200, `GET /admin/users?search=${adminEmail}`, by)).json as UserPage; // as above
    await client.ask(409, `PATCH /admin/users/${users[0]?.id ?? ''}`, { ...by, body: { disabled: true } });
    await ask(404, 'GET /admin/users');

    const queue = await openJobQueue(embeddedServices(join(folder, 'data'))['QUEUE_URL'] ?? '', {
      log: silentLog,
    });
    for (const body of ['no message', 'none either']) await queue.publish('video', body);
    await queue.close();
    const dead = async (): Promise<DeadLetterView[]> =>
      ((await client.ask(200, 'GET /admin/dead-letters?queue=video', by)).json as DeadLetterList).deadLetters; // as above
    await soon(async () => (await dead()).length === 2);
    await client.ask(200, 'HEAD /admin/dead-letters', by);
    await client.ask(400, 'GET /admin/dead-letters?queue=x', by);
    const [first, second] = await dead();
    await client.ask(204, `DELETE /admin/dead-letters/${first?.id ?? ''}`, by);
    await client.ask(204, `POST /admin/dead-letters/${second?.id ?? ''}/replay`, by);
    await ask(404, 'GET /admin/dead-letters');
  });

  it('to those who may not, and about what is not there', async () => {
    for (const { route, template, needsToken } of toldOperations(client.document)) {
      if (needsToken) {
        await client.ask(401, route);
        await client.ask(401, route, { token: 'not.a.token' });
      }
      if (needsToken && template.includes('{')) await ask(404, route, { headers: BYTES_AT_0 });
      if (template.includes('{')) await ask(400, route.replace(/[^/]*-[^/]*/, '%E0%A4%A'), { headers: TUS });
      await client.ask(405, `TRACE ${template.replace(/\{\w+\}/g, 'x')}`);
    }
    await client.ask(404, 'GET /nothing');
    await client.ask(200, `GET /jobs/${job.id}`, await asAdmin());
  });

  it.each([
    ['a field', ['components', 'schemas', 'Job', 'properties'], 'run'],
    ['a status', ['paths', '/jobs/{id}', 'get', 'responses'], '200'],
    ['a content type', ['paths', '/jobs/{id}', 'get', 'responses', '200', 'content'], 'application/json'],
    ['a path', ['paths'], '/jobs/{id}'],
  ])('and by a document that is short of %s the same answer would fail', async (_what, place, name) => {
    const answer = await ask(200, `GET /jobs/${job.id}`);
    const short = structuredClone(client.document);
    const from = place.reduce((value, step) => value[step] as JsonObject, short); // the places are there
    expect(from).toHaveProperty([name]);
    Reflect.deleteProperty(from, name);
    expect(new AnswerChecker(client.document).check(answer)).toEqual([]);
    expect(new AnswerChecker(short).check(answer)).not.toEqual([]);
  });

  it('and there was a good answer of every operation', () => {
    const missing = toldOperations(client.document).filter(
      ({ id, good }) => !good.some((status) => client.checker.seen.has(`${id} ${status}`)),
    );
    expect(missing.map(({ id }) => id)).toEqual([]);
    const { seen, told } = client.checker;
    process.stdout.write(
      `${client.asked} answers as told; ${seen.size} of the ${told.length} that are told of came\n`,
    );
  });
});

/** What a route of tus asks for before it looks for the upload; others do not mind. */
const BYTES_AT_0 = { ...BYTES, 'upload-offset': '0', 'x-http-method-override': 'PATCH' };

import type { IncomingMessage } from 'node:http';
import type { Job } from '@clipscribe/contracts';
import { claimWebhook, planWebhooks, webhookGivenUp } from '@clipscribe/job-protocol';
import type { Test } from 'supertest';
import { buryMessage } from '../bury-message.ts';
import { password, type GatewayUnderTest, type Person, type TestAuth } from '../gateway-harness.ts';
import { failedJob, queuedJob, step, succeededJob } from '../job-maker.ts';

export interface World {
  auth: TestAuth;
  gateway: GatewayUnderTest;
}

/**
 * Who may: everybody, everybody who is logged in (each with their own things), the owner and administrators, the
 * owner alone, or administrators alone.
 */
type Access = 'all' | 'logged in' | 'owner or admin' | 'owner' | 'admin';

/** What is right for a route. */
export interface Entry {
  access: Access;
  /** The answer to those who may. */
  status: number;
  /** Makes something of Ada's and says where it is. */
  path: (world: World) => Promise<string>;
  /** Adds what the request needs besides a token. */
  dress?: (test: Test, auth: TestAuth) => Test;
}

const at = (path: string) => () => Promise.resolve(path);
const ofJob =
  (make: (gateway: GatewayUnderTest, owner: Person) => Promise<Job>, suffix = '') =>
  async ({ gateway, auth }: World): Promise<string> =>
    `/jobs/${(await make(gateway, auth.ada)).id}${suffix}`;
const forAll = (status: number, path: string, dress: Entry['dress'] = (test) => test): Entry => ({
  ...{ access: 'all', status, dress },
  path: at(path),
});
const job = (
  status: number,
  make: (gateway: GatewayUnderTest, owner: Person) => Promise<Job>,
  suffix?: string,
): Entry => ({ access: 'owner or admin', status, path: ofJob(make, suffix) });
/** Something of everybody's own; a job of Ada's is there, which nobody else must see. */
const mine = (status: number, path: string, dress: Entry['dress'] = (test) => test): Entry => ({
  ...{ access: 'logged in', status, dress },
  path: async ({ gateway, auth }) => {
    await queuedJob(gateway, auth.ada);
    return path;
  },
});
const webhook = (status: number, suffix = '', dress: Entry['dress'] = (test) => test): Entry => ({
  ...{ access: 'owner', status, dress },
  path: async (world) => `/webhooks/${await addWebhook(world)}${suffix}`,
});
const upload = (status: number, dress: Entry['dress'] = (test) => test): Entry => ({
  access: 'owner or admin',
  status,
  path: beginUpload,
  dress: (test, auth) => dress(test.set('tus-resumable', '1.0.0'), auth),
});
const admins = (status: number, path: Entry['path'], dress: Entry['dress'] = (test) => test): Entry => ({
  ...{ access: 'admin', status, path, dress },
});
const bytes = (test: Test): Test =>
  test
    .set({ 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' })
    .send(Buffer.from('12345'));

/** A stream of events has no end: its first piece is the answer. Refusals are read whole. */
const untilFirstEvent = (test: Test): Test =>
  test.buffer(true).parse((res, done) => {
    const isStream = String(res.headers['content-type']).startsWith('text/event-stream');
    let text = '';
    res.setEncoding('utf8');
    res.on('data', (piece: string) => {
      text += piece;
      if (!isStream || !text.includes('\n\n')) return;
      done(null, text);
      (res as unknown as IncomingMessage).destroy(); // superagent types the stream it reads as its own answer
    });
    res.on('end', () => {
      done(null, isStream ? text : JSON.parse(text));
    });
  });

const TARGET = 'https://example.org/hook';

let registered = 0;

/** One for each route that the gateway has: `METHOD /path` as express has it. */
export const entries: Readonly<Record<string, Entry>> = {
  'GET /': forAll(200, '/'),
  'GET /app/:file': forAll(200, '/app/page.js'),
  'GET /docs': forAll(200, '/docs'),
  'GET /openapi.json': forAll(200, '/openapi.json'),
  'GET /healthz': forAll(200, '/healthz'),
  'GET /readyz': forAll(200, '/readyz'),
  'POST /login': forAll(200, '/login', (test, { ada }) => test.send({ email: ada.email, password })),
  'POST /register': forAll(201, '/register', (test) => {
    registered += 1;
    return test.send({ email: `new-${String(registered)}@example.org`, password });
  }),
  'POST /logout': { access: 'logged in', status: 204, path: at('/logout') },
  // Refused for what it says, after the token was taken: nobody's password changes here.
  'POST /password': mine(400, '/password', (test) => test.send({})),
  'POST /upload': mine(202, '/upload', (test) => test.attach('file', Buffer.from('a clip'), 'clip.mp4')),
  'OPTIONS /uploads': forAll(204, '/uploads'),
  'OPTIONS /uploads/:id': { access: 'all', status: 204, path: beginUpload },
  'POST /uploads': mine(201, '/uploads', (test) =>
    test.set({ 'tus-resumable': '1.0.0', 'upload-length': '10' }),
  ),
  'HEAD /uploads/:id': upload(200),
  'PATCH /uploads/:id': upload(204, bytes),
  'POST /uploads/:id': upload(204, (test) => bytes(test.set('x-http-method-override', 'PATCH'))),
  'DELETE /uploads/:id': upload(204),
  'GET /download': {
    access: 'owner or admin',
    status: 200,
    path: async ({ gateway, auth }) =>
      `/download?fid=${(await succeededJob(gateway, auth.ada)).audio.fileId ?? ''}`,
  },
  'GET /me': mine(200, '/me'),
  'PATCH /me': mine(200, '/me', (test) => test.send({ mail: { ready: false } })),
  'GET /events': mine(200, '/events', untilFirstEvent),
  'GET /jobs': mine(200, '/jobs'),
  'GET /jobs/:id': job(200, queuedJob),
  'DELETE /jobs/:id': job(204, queuedJob),
  'GET /jobs/:id/events': job(200, succeededJob, '/events'),
  'GET /jobs/:id/audio': job(200, succeededJob, '/audio'),
  'POST /jobs/:id/media-cookie': job(204, queuedJob, '/media-cookie'),
  'GET /jobs/:id/transcript': job(200, succeededJob, '/transcript'),
  'GET /jobs/:id/transcripts': job(200, succeededJob, '/transcripts'),
  'POST /jobs/:id/transcripts': job(202, succeededJob, '/transcripts'),
  'GET /jobs/:id/transcripts/:version': job(200, succeededJob, '/transcripts/1'),
  'POST /jobs/:id/retry': job(202, failedJob, '/retry'),
  'POST /jobs/:id/cancel': job(200, queuedJob, '/cancel'),
  'GET /jobs/:id/webhooks': job(200, failedJob, '/webhooks'),
  'POST /jobs/:id/webhooks/:delivery/replay': {
    access: 'owner or admin',
    status: 202,
    path: toldJob,
  },
  'GET /webhooks': mine(200, '/webhooks'),
  'POST /webhooks': mine(201, '/webhooks', (test) => test.send({ url: TARGET })),
  'GET /webhooks/:id': webhook(200),
  'PATCH /webhooks/:id': webhook(200, '', (test) => test.send({ enabled: false })),
  'DELETE /webhooks/:id': webhook(204),
  'GET /webhooks/:id/secret': webhook(200, '/secret'),
  'POST /webhooks/:id/rotate-secret': webhook(200, '/rotate-secret'),
  'GET /webhooks/:id/deliveries': webhook(200, '/deliveries'),
  'GET /admin/users': admins(200, at('/admin/users')),
  'POST /admin/users': admins(201, at('/admin/users'), (test) => {
    registered += 1;
    return test.send({ email: `new-${String(registered)}@example.org` });
  }),
  'PATCH /admin/users/:id': admins(200, account, (test) => test.send({ disabled: true })),
  'POST /admin/users/:id/reset-password': admins(
    200,
    async (world) => `${await account(world)}/reset-password`,
  ),
  'GET /admin/dead-letters': admins(200, async (world) => {
    await deadLetter(world);
    return '/admin/dead-letters';
  }),
  'DELETE /admin/dead-letters/:id': admins(
    204,
    async (world) => `/admin/dead-letters/${await deadLetter(world)}`,
  ),
  'POST /admin/dead-letters/:id/replay': admins(
    204,
    async (world) => `/admin/dead-letters/${await deadLetter(world)}/replay`,
  ),
};

async function addWebhook({ gateway, auth }: World): Promise<string> {
  const { body } = await gateway.as(auth.ada).post('/webhooks').send({ url: TARGET }).expect(201);
  return (body as { id: string }).id; // the contract of POST /webhooks
}

/** An account that nobody uses. */
async function account({ gateway, auth }: World): Promise<string> {
  registered += 1;
  const email = `new-${String(registered)}@example.org`;
  const { body } = await gateway.as(auth.admin).post('/admin/users').send({ email }).expect(201);
  return `/admin/users/${(body as { id: string }).id}`; // the contract of POST /admin/users
}

async function deadLetter({ gateway, auth }: World): Promise<string> {
  const { id } = await queuedJob(gateway, auth.ada);
  return (await buryMessage(gateway.queue, 'video', JSON.stringify({ v: 1, jobId: id }))).id;
}

async function beginUpload({ gateway, auth }: World): Promise<string> {
  const headers = { 'tus-resumable': '1.0.0', 'upload-length': '10' };
  const answer = await gateway.as(auth.ada).post('/uploads').set(headers).expect(201);
  return new URL(answer.headers['location'] ?? '', gateway.url).pathname;
}

/** A failed job whose owner was told so by a webhook, in vain. */
async function toldJob({ gateway, auth }: World): Promise<string> {
  const { id } = await failedJob(gateway, auth.ada);
  const planned = await step(
    gateway,
    id,
    planWebhooks(() => [{ endpointId: null, url: TARGET }]),
  );
  const delivery = planned.webhooks?.deliveries[0]?.id ?? '';
  await step(gateway, id, claimWebhook(delivery, 'w'));
  await step(gateway, id, webhookGivenUp(delivery, { durationMs: 7, status: 410, error: 'GONE' }));
  return `/jobs/${id}/webhooks/${delivery}/replay`;
}

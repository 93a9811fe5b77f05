import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId, type Job, type Notice } from '@clipscribe/contracts';
import { claimNotice, NOTICE_LIMIT_MS, retry, transition, Worker } from '@clipscribe/job-protocol';
import type { Handler } from '@clipscribe/job-queue';
import { createMetrics, silentLog, UnavailableError } from '@clipscribe/runtime';
import { SmtpMailer } from '../src/adapters/smtp-mailer.ts';
import { tellOwner } from '../src/handlers/tell-owner.ts';
import { createWorker, type NotificationWorker } from '../src/worker.ts';
import { smtpReply, SmtpTestServer } from '../testing/index.ts';
import { messageFor, NotifiedJobs } from './notified-jobs.ts';

const HOUR_MS = 3_600_000;
const from = { name: 'clipscribe', address: 'clipscribe@example.org' };
const plain = { disabledCommands: ['STARTTLS', 'AUTH'] };

let stores: NotifiedJobs;
let server: SmtpTestServer;
let worker: NotificationWorker | undefined;

beforeEach(async () => {
  stores = await NotifiedJobs.open();
});
afterEach(async () => {
  worker?.giveBack();
  await worker?.finish();
  worker = undefined;
  await server.close();
  await stores.close();
});

async function listen(options: Parameters<typeof SmtpTestServer.start>[0] = {}): Promise<void> {
  server = await SmtpTestServer.start({ ...plain, ...options });
}

function handler(): Handler {
  const deps = { owners: stores.owners, from, baseUrl: 'http://localhost', clock: () => stores.now };
  const work = tellOwner({ ...deps, mailer: SmtpMailer.open(server.url()) });
  return new Worker({ jobs: stores.jobs, queue: stores.queue, log: silentLog }).handler('mp3', work);
}

async function deliver(job: Job): Promise<Notice> {
  await handler()({ queue: 'mp3', body: messageFor(job), deliveryCount: 1 });
  return (await stores.job(job.id)).notice ?? { kind: 'ready', state: 'pending', messageId: '', attempts: 0 };
}

function messageIds(): (string | undefined)[] {
  return server.received.map((raw) => /^message-id: (.*)\r$/im.exec(raw.toString())?.[1]);
}

const failed = {
  state: 'failed',
  audio: { state: 'failed', progress: 0 },
  transcript: { state: 'skipped', progress: 0 },
  error: { code: 'NO_AUDIO_TRACK', reason: 'The video has no sound.' },
} as const;

describe('one mail for each job and kind', () => {
  it('leaves, however many messages say so', async () => {
    await listen();
    const job = await stores.add();
    await Promise.all(Array.from({ length: 10 }, () => deliver(job)));
    expect(messageIds()).toEqual([`<ready.${job.id}.1@clipscribe>`]);
  });

  it('leaves for each run of a job, under an id of its own', async () => {
    await listen();
    const job = await stores.add(failed);
    await deliver(job);
    const ports = { jobs: stores.jobs, queue: stores.queue, log: silentLog };
    await transition(ports, job.id, retry);
    await transition(ports, job.id, (again) => ({
      ...again,
      state: 'succeeded',
      finishedAt: stores.now,
      audio: { state: 'done', progress: 1, fileId: newId() },
      notice: { kind: 'ready', state: 'pending', messageId: `<ready.${job.id}.2@clipscribe>`, attempts: 0 },
    }));
    await deliver(job);
    expect(messageIds()).toEqual([`<failed.${job.id}.1@clipscribe>`, `<ready.${job.id}.2@clipscribe>`]);
  });
});

describe('a server that answers 4xx', () => {
  const later: Parameters<typeof SmtpTestServer.start>[0] = {
    onRcptTo: (_address, _session, callback) => {
      callback(smtpReply(450, 'Mailbox busy'));
    },
  };

  it('is asked again for a day; then the mail is given up, and the job stays as it is', async () => {
    await listen(later);
    const job = await stores.add();
    const waits: number[] = [];
    let notice = await deliver(job);
    while (notice.state === 'pending') {
      const { retryAt = 0 } = await stores.job(job.id);
      waits.push(retryAt - stores.now);
      stores.now = retryAt;
      notice = await deliver(job);
    }
    expect(notice).toMatchObject({ state: 'failed', error: { code: 'MAIL_UNAVAILABLE' } });
    expect(stores.now - (job.finishedAt ?? 0)).toBeGreaterThan(NOTICE_LIMIT_MS - 2 * HOUR_MS);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1.2 * HOUR_MS);
    expect(await stores.job(job.id)).toMatchObject({ state: 'succeeded', dueAt: null });
    expect(server.received).toEqual([]);
  });

  it('gets the mail once, under its one Message-ID, when it takes it at last', async () => {
    let isBusy = true;
    await listen({
      onRcptTo: (_address, _session, callback) => {
        callback(isBusy ? smtpReply(451, 'Greylisted') : undefined);
      },
    });
    const job = await stores.add();
    expect(await deliver(job)).toMatchObject({ state: 'pending', attempts: 1 });
    expect(await deliver(job)).toMatchObject({ attempts: 1 }); // not before its time
    isBusy = false;
    stores.now = (await stores.job(job.id)).retryAt ?? 0;
    expect(await deliver(job)).toMatchObject({ state: 'sent' });
    await deliver(job);
    expect(messageIds()).toEqual([job.notice?.messageId]);
  });
});

describe('a server that refuses the recipient for good', () => {
  it('is not asked again; the job stays done', async () => {
    await listen({
      onRcptTo: (_address, _session, callback) => {
        callback(smtpReply(550, 'No such mailbox'));
      },
    });
    const job = await stores.add();
    expect(await deliver(job)).toMatchObject({
      state: 'failed',
      attempts: 1,
      error: { code: 'MAIL_REJECTED' },
    });
    expect(await stores.job(job.id)).toMatchObject({ state: 'succeeded', dueAt: null, outbox: [] });
    expect(await stores.queue.depth('mp3')).toBe(0);
  });
});

describe('a connection cut behind DATA', () => {
  it('gives at most one copy, with the same Message-ID', async () => {
    let isFirst = true;
    await listen({
      onData: (stream, _session, callback) => {
        const pieces: Buffer[] = [];
        stream.on('data', (piece: Buffer) => pieces.push(piece));
        stream.once('end', () => {
          server.received.push(Buffer.concat(pieces));
          if (!isFirst) callback();
          else server.cutConnections();
          isFirst = false;
        });
      },
    });
    const job = await stores.add();
    expect(await deliver(job)).toMatchObject({ state: 'pending', attempts: 1 });
    stores.now = (await stores.job(job.id)).retryAt ?? 0;
    expect(await deliver(job)).toMatchObject({ state: 'sent' });
    expect(messageIds()).toEqual([job.notice?.messageId, job.notice?.messageId]);
  });
});

describe('a server that refuses our login', () => {
  it('stops the taking of messages and raises the alarm, until the login is right', async () => {
    let isRight = false;
    const asked = { times: 0, twice: Promise.withResolvers<undefined>() };
    await listen({
      authOptional: false,
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      onAuth: (_auth, _session, callback) => {
        asked.times += 1;
        if (asked.times === 2) asked.twice.resolve(undefined);
        if (isRight) callback(null, { user: 'clip' });
        else callback(smtpReply(535, 'Authentication failed'));
      },
    });
    const metrics = createMetrics('notification');
    const isPaused = async (): Promise<number | undefined> =>
      (await metrics.mailPaused.get()).values[0]?.value;
    worker = createWorker({
      ...{ jobs: stores.jobs, owners: stores.owners, queue: stores.queue, log: silentLog, metrics },
      ...{ from, baseUrl: 'http://localhost', clock: () => stores.now, slots: 1, pauseMs: 1 },
      mailer: SmtpMailer.open(server.url('clip:wrong')),
    });
    const [first, second] = [await stores.add(), await stores.add()];
    expect(await isPaused()).toBe(0);
    await stores.publish(first);
    await worker.start();
    await asked.twice.promise; // by a mail, then at the end of the pause
    expect(await isPaused()).toBe(1);
    await stores.publish(second);
    expect(await stores.job(second.id)).toEqual(second);

    isRight = true;
    while ((await stores.job(second.id)).notice?.state === 'pending')
      await new Promise((resolve) => setImmediate(resolve));
    expect(await isPaused()).toBe(0);
    expect(messageIds()).toEqual([second.notice?.messageId]);
    expect(await stores.job(first.id)).toMatchObject({ notice: { state: 'pending', attempts: 1 } });
  });
});

describe('mail that its owner does not want', () => {
  it.each([
    ['ready', {}, { ready: false, failed: true }],
    ['failed', failed, { ready: true, failed: false }],
  ] as const)('of kind %s is not sent', async (kind, state, mail) => {
    await listen();
    const job = await stores.add(state);
    await stores.owners.replace({ ...(await stores.owners.get(job.ownerId)), mail }, 0);
    expect(await deliver(job)).toMatchObject({ kind, state: 'skipped', attempts: 0 });
    expect(server.received).toEqual([]);
    expect(await stores.job(job.id)).toMatchObject({ dueAt: null, outbox: [] });
    const ports = { jobs: stores.jobs, queue: stores.queue, log: silentLog };
    expect(await transition(ports, job.id, claimNotice('t'))).toBeNull();
  });

  it('says nothing about the other kind', async () => {
    await listen();
    const job = await stores.add();
    const settings = await stores.owners.get(job.ownerId);
    await stores.owners.replace({ ...settings, mail: { ready: true, failed: false } }, 0);
    expect(await deliver(job)).toMatchObject({ state: 'sent' });
  });

  it('waits, rather than leaving unasked, while what was chosen cannot be read', async () => {
    await listen();
    const job = await stores.add();
    stores.owners.get = () => Promise.reject(new UnavailableError('owner store'));
    expect(await deliver(job)).toMatchObject({ state: 'pending', attempts: 1 });
    expect(server.received).toEqual([]);
    Reflect.deleteProperty(stores.owners, 'get');
    stores.now = (await stores.job(job.id)).retryAt ?? 0;
    expect(await deliver(job)).toMatchObject({ state: 'sent' });
  });
});

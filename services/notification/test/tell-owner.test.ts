import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { LEASE_MS, Worker } from '@clipscribe/job-protocol';
import type { Handler, Outcome } from '@clipscribe/job-queue';
import { silentLog } from '@clipscribe/runtime';
import { FileMailer } from '../src/adapters/file-mailer.ts';
import { SmtpMailer } from '../src/adapters/smtp-mailer.ts';
import { tellOwner } from '../src/handlers/tell-owner.ts';
import {
  MailLoginError,
  MailRejectedError,
  MailUnavailableError,
  type Mail,
  type Mailer,
} from '../src/mailer.ts';
import { SmtpTestServer } from '../testing/index.ts';
import { messageFor, NotifiedJobs } from './notified-jobs.ts';

let stores: NotifiedJobs;
let outbox: FileMailer;

beforeEach(async () => {
  stores = await NotifiedJobs.open();
  outbox = await FileMailer.open(stores.outbox);
});
afterEach(async () => {
  await outbox.close();
  await stores.close();
});

/** The outbox, with something else in place of `send`. */
function sending(send: (mail: Mail) => Promise<void>): Mailer {
  return { send, ping: () => outbox.ping(), close: () => outbox.close() };
}

function newWorker(mailer: Mailer = outbox): { worker: Worker; handler: Handler } {
  const worker = new Worker({ jobs: stores.jobs, queue: stores.queue, log: silentLog });
  const handler = worker.handler(
    'mp3',
    tellOwner({
      owners: stores.owners,
      mailer,
      from: { name: 'clipscribe', address: 'clipscribe@example.org' },
      baseUrl: 'https://clips.example.org',
      clock: () => Date.parse('2026-03-01T12:00:00Z'),
    }),
  );
  return { worker, handler };
}

async function deliver(handler: Handler, id: string): Promise<Outcome> {
  return handler({ queue: 'mp3', body: messageFor(await stores.job(id)), deliveryCount: 1 });
}

describe('the mail to the owner', () => {
  it('of a job that succeeded says where the MP3 is', async () => {
    const { id, notice, audio } = await stores.add();
    expect(await deliver(newWorker().handler, id)).toEqual({ kind: 'done' });
    const [mail, ...more] = await stores.mails();
    expect(more).toEqual([]);
    expect(mail).toMatchObject({
      messageId: notice?.messageId,
      from: { name: 'clipscribe', address: 'clipscribe@example.org' },
      to: [{ address: 'ada@example.org' }],
      subject: 'Ready: talk.mp4',
      date: '2026-03-01T12:00:00.000Z',
    });
    expect(mail?.text).toContain(`mp3 file_id: ${audio.fileId ?? ''} is now ready!`);
    expect(mail?.text).toContain('https://clips.example.org/');
    expect(await stores.job(id)).toMatchObject({ notice: { state: 'sent', attempts: 0 }, dueAt: null });
  });

  it('of a job that failed says why', async () => {
    const error = { code: 'NO_AUDIO_TRACK', reason: 'The video has no sound.' } as const;
    const audio = { state: 'failed', progress: 0, error } as const;
    const { id } = await stores.add({
      state: 'failed',
      audio,
      transcript: { state: 'skipped', progress: 0 },
      error,
    });
    await deliver(newWorker().handler, id);
    const [mail] = await stores.mails();
    expect(mail).toMatchObject({ messageId: `<failed.${id}.1@clipscribe>`, subject: 'Failed: talk.mp4' });
    expect(mail?.text).toContain('The video has no sound. (code: NO_AUDIO_TRACK)');
  });

  it('of a partial job says what is missing', async () => {
    const error = { code: 'PROVIDER_AUTH', reason: 'The key was refused.' } as const;
    const { id } = await stores.add({
      state: 'partial',
      transcript: { state: 'failed', progress: 0.5, error },
      error,
    });
    await deliver(newWorker().handler, id);
    expect((await stores.mails())[0]).toMatchObject({ subject: 'MP3 ready, no transcript: talk.mp4' });
  });

  it('is told from the job: what an old or wrong message says does not matter', async () => {
    const { id, audio } = await stores.add();
    const body = { v: 1, jobId: id, audioFileId: newId(), transcriptFileId: null, outcome: 'failed' };
    await newWorker().handler({ queue: 'mp3', body: JSON.stringify(body), deliveryCount: 1 });
    expect((await stores.mails())[0]?.text).toContain(`mp3 file_id: ${audio.fileId ?? ''} is now ready!`);
  });

  it('is sent once for ten deliveries at once, by several processes', async () => {
    const { id } = await stores.add();
    const sent: string[] = [];
    const mailer = sending(async (mail) => {
      sent.push(mail.messageId);
      await outbox.send(mail);
    });
    const handlers = [newWorker(mailer).handler, newWorker(mailer).handler];
    await Promise.all(
      Array.from({ length: 10 }, (_, n) => deliver(handlers[n % 2] ?? newWorker(mailer).handler, id)),
    );
    await deliver(newWorker(mailer).handler, id);
    expect(sent).toHaveLength(1);
  });

  it('is sent again under the same Message-ID after a crash right behind the sending', async () => {
    const server = await SmtpTestServer.start({ disabledCommands: ['STARTTLS', 'AUTH'] });
    try {
      const { id, notice } = await stores.add();
      const mailer = SmtpMailer.open(server.url());
      const sentAndCrashed = sending(async (mail) => {
        await mailer.send(mail);
        stores.now += LEASE_MS; // nothing more is heard of this sender
        await deliver(newWorker(mailer).handler, id);
      });
      await deliver(newWorker(sentAndCrashed).handler, id);
      const ids = server.received.map((raw) => /^message-id: (.*)\r$/im.exec(raw.toString())?.[1]);
      expect(ids).toEqual([notice?.messageId, notice?.messageId]);
      expect(await stores.job(id)).toMatchObject({ notice: { state: 'sent' } });
    } finally {
      await server.close();
    }
  });
});

describe('a mail that cannot be sent', () => {
  it.each([
    ['the server is not there', new MailUnavailableError('connection refused')],
    ['the server refuses our login', new MailLoginError('wrong password', { responseCode: 535 })],
  ])('is tried again later when %s; the job stays as it is', async (_name, error) => {
    const { id } = await stores.add();
    const { handler } = newWorker(sending(() => Promise.reject(error)));
    expect(await deliver(handler, id)).toEqual({ kind: 'done' });
    const job = await stores.job(id);
    expect(job).toMatchObject({
      state: 'succeeded',
      notice: { state: 'pending', attempts: 1, error: { code: 'MAIL_UNAVAILABLE', reason: error.message } },
    });
    expect(job.retryAt).toBeGreaterThan(stores.now);
    expect(await stores.queue.depth('mp3')).toBe(1);

    stores.now = job.retryAt ?? 0;
    await deliver(newWorker().handler, id);
    expect(await stores.job(id)).toMatchObject({ notice: { state: 'sent', attempts: 1 } });
    expect(await stores.mails()).toHaveLength(1);
  });

  it('is given up when its recipient is refused; the job stays as it is', async () => {
    const { id } = await stores.add();
    const { handler } = newWorker(sending(() => Promise.reject(new MailRejectedError('no such user'))));
    await deliver(handler, id);
    expect(await stores.job(id)).toMatchObject({
      state: 'succeeded',
      notice: { state: 'failed', attempts: 1, error: { code: 'MAIL_REJECTED', reason: 'no such user' } },
      dueAt: null,
    });
    expect(await stores.queue.depth('mp3')).toBe(0);
  });

  it('is given up when there is nothing to tell', async () => {
    const { id } = await stores.add({ audio: { state: 'done', progress: 1 } });
    await deliver(newWorker().handler, id);
    expect(await stores.job(id)).toMatchObject({ notice: { state: 'failed', attempts: 1 }, dueAt: null });
    expect(await stores.mails()).toEqual([]);
    expect(await stores.queue.depth('mp3')).toBe(0);
  });

  it('is tried again after a fault that nobody foresaw', async () => {
    const { id } = await stores.add();
    await deliver(newWorker(sending(() => Promise.reject(new TypeError('a bug')))).handler, id);
    expect(await stores.job(id)).toMatchObject({
      notice: { state: 'pending', attempts: 1, error: { code: 'INTERNAL' } },
    });
  });

  it('goes back to the queue when we stop before the server has answered', async () => {
    const { id } = await stores.add();
    const asked = Promise.withResolvers<undefined>();
    const answered = Promise.withResolvers<undefined>();
    const mailer = sending(async () => {
      asked.resolve(undefined);
      await answered.promise;
      throw new MailUnavailableError('too late to matter');
    });
    const { worker, handler } = newWorker(mailer);
    const outcome = deliver(handler, id);
    await asked.promise;
    worker.giveBack();
    expect(await outcome).toEqual({ kind: 'done' });
    answered.resolve(undefined);
    expect(await stores.job(id)).toMatchObject({ notice: { state: 'pending', attempts: 0 } });
    expect(await stores.job(id)).not.toHaveProperty('lease');
    expect(await stores.queue.depth('mp3')).toBe(1);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createMetrics, silentLog } from '@clipscribe/runtime';
import { FileMailer } from '../src/adapters/file-mailer.ts';
import { MailLoginError, MailUnavailableError, type Mail, type Mailer } from '../src/mailer.ts';
import { createWorker, type NotificationDeps, type NotificationWorker } from '../src/worker.ts';
import { NotifiedJobs } from './notified-jobs.ts';

/** The outbox behind a login that can be closed and opened; tells what it is asked. */
class GuardedMailer implements Mailer {
  /** What is wrong with the login, or with the server. */
  fault: Error | undefined;
  onSent: (mail: Mail) => void = () => undefined;
  onPing: () => void = () => undefined;
  readonly #outbox: FileMailer;

  constructor(outbox: FileMailer) {
    this.#outbox = outbox;
  }

  async send(mail: Mail): Promise<void> {
    if (this.fault !== undefined) throw this.fault;
    await this.#outbox.send(mail);
    this.onSent(mail);
  }

  ping(): Promise<void> {
    this.onPing();
    return this.fault === undefined ? Promise.resolve() : Promise.reject(this.fault);
  }

  close(): Promise<void> {
    return this.#outbox.close();
  }
}

let stores: NotifiedJobs;
let mailer: GuardedMailer;
let metrics: NotificationDeps['metrics'];
let worker: NotificationWorker;

function newWorker(more: Partial<NotificationDeps> = {}): NotificationWorker {
  return createWorker({
    ...{ jobs: stores.jobs, owners: stores.owners, queue: stores.queue, log: silentLog, mailer, metrics },
    from: { name: '', address: 'clipscribe@example.org' },
    baseUrl: 'http://localhost:8080',
    clock: Date.now,
    slots: 2,
    pauseMs: 1,
    ...more,
  });
}

async function handled(): Promise<Record<string, number>> {
  const { values } = await metrics.messages.get();
  return Object.fromEntries(
    values.map(({ labels, value }) => [`${labels.queue ?? ''} ${labels.outcome ?? ''}`, value]),
  );
}

beforeEach(async () => {
  stores = await NotifiedJobs.open();
  mailer = new GuardedMailer(await FileMailer.open(stores.outbox));
  metrics = createMetrics('notification');
  worker = newWorker();
});
afterEach(async () => {
  worker.giveBack();
  await worker.finish();
  await mailer.close();
  await stores.close();
});

/** Resolves when so many mails were sent from now on. */
async function sent(count: number): Promise<void> {
  const all = Promise.withResolvers<undefined>();
  let left = count;
  mailer.onSent = () => {
    left -= 1;
    if (left === 0) all.resolve(undefined);
  };
  await all.promise;
}

describe('the notification worker', () => {
  it('takes nothing before it is started', async () => {
    await stores.publish(await stores.add());
    expect(await stores.queue.depth('mp3')).toBe(1);
    const done = sent(1);
    await worker.start();
    await done;
  });

  it('sends a mail for every job, dead-letters poison, and counts both', async () => {
    const jobs = [await stores.add(), await stores.add(), await stores.add()];
    await stores.queue.publish('mp3', 'poison');
    for (const job of [...jobs, ...jobs]) await stores.publish(job);
    const done = sent(jobs.length);
    await worker.start();
    await done;
    await worker.finish();
    expect(await stores.mails()).toHaveLength(3);
    expect(await stores.queue.deadLetters('mp3', 10)).toMatchObject([{ body: 'poison' }]);
    const counts = await handled();
    expect(counts).toMatchObject({ 'mp3 dead-letter': 1 });
    expect(counts['mp3 done']).toBeGreaterThanOrEqual(3);
  });

  it('takes nothing more once it finishes', async () => {
    await worker.start();
    await worker.finish();
    await worker.finish();
    await stores.publish(await stores.add());
    expect(await stores.queue.depth('mp3')).toBe(1);
  });
});

describe('a refused login', () => {
  const refused = (): MailLoginError => new MailLoginError('wrong password', { responseCode: 535 });
  const pinged = (): Promise<undefined> => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    mailer.onPing = () => {
      resolve(undefined);
    };
    return promise;
  };

  it('pauses the worker until the login is accepted; messages stay in the queue', async () => {
    mailer.fault = refused();
    const first = await stores.add();
    await stores.publish(first);
    let paused = pinged();
    await worker.start();
    await paused;

    const second = await stores.add();
    await stores.publish(second);
    paused = pinged();
    await paused;
    expect(await stores.job(second.id)).toEqual(second);
    expect(await stores.job(first.id)).toMatchObject({ notice: { state: 'pending', attempts: 1 } });

    const done = sent(1);
    mailer.fault = undefined;
    await done;
    await worker.finish();
    expect(await stores.job(second.id)).toMatchObject({ notice: { state: 'sent', attempts: 0 } });
    expect(await stores.queue.depth('mp3')).toBe(1); // the first one, for its next attempt
  });

  it('is told to the operator', async () => {
    const told: unknown[] = [];
    const log = silentLog.child({});
    log.error = (...args: unknown[]) => told.push(args);
    worker = newWorker({ log });
    mailer.fault = refused();
    await stores.publish(await stores.add());
    const paused = pinged();
    await worker.start();
    await paused;
    expect(JSON.stringify(told[0])).toMatch(/MAIL_URL/);
  });

  it('does not keep the worker from stopping', async () => {
    const told = Promise.withResolvers<undefined>();
    const log = silentLog.child({});
    log.error = () => {
      told.resolve(undefined);
    };
    worker = newWorker({ log, pauseMs: 3_600_000 });
    mailer.fault = refused();
    const job = await stores.add();
    await stores.publish(job);
    await worker.start();
    await told.promise;
    await worker.finish();
    expect(await stores.job(job.id)).toMatchObject({ notice: { state: 'pending', attempts: 1 } });
  });

  it('is no matter of a server that is not there: mails wait for it one by one', async () => {
    mailer.fault = refused();
    await stores.publish(await stores.add());
    const paused = pinged();
    await worker.start();
    await paused;
    mailer.fault = new MailUnavailableError('connection refused');
    const next = await stores.add();
    const asked = Promise.withResolvers<undefined>();
    const { send } = mailer;
    mailer.send = async (mail) => {
      asked.resolve(undefined);
      await send.call(mailer, mail);
    };
    await stores.publish(next);
    await asked.promise;
    await worker.finish();
    expect(await stores.job(next.id)).toMatchObject({ notice: { state: 'pending', attempts: 1 } });
  });
});

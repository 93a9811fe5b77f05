import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import type { Job, JobView } from '@clipscribe/contracts';
import { SmtpTestServer, smtpReply } from '../../../services/notification/testing/index.ts';
import PostalMime from 'postal-mime';
import { describeWorldOnServers } from '../../support/matrix/describe-worlds.ts';
import type { Promised } from '../../support/promises/ledger.ts';
import { mailsIn } from '../../support/promises/check-mails.ts';
import { soon } from '../../support/soon.ts';

type Options = Parameters<typeof SmtpTestServer.start>[0];

const plain = { disabledCommands: ['AUTH', 'STARTTLS'] } satisfies Options;

/** The first wait is 30 s, give or take a fifth. */
const SOONEST_RETRY_MS = 20_000;

describeWorldOnServers('the mail server', (world) => {
  let server: SmtpTestServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  /** Mails go to this server until the service is restarted. */
  async function mailTo(options: Options, userinfo = ''): Promise<SmtpTestServer> {
    server = await SmtpTestServer.start(options);
    await world().restart('notification', { env: { MAIL_URL: server.url(userinfo) } });
    return server;
  }

  function upload(promised: Partial<Promised> = {}): Promise<JobView> {
    return world().upload(world().short, { fields: { transcript: 'false' }, promised });
  }

  /** The mail has not gone, and is tried again; the job itself is done. */
  async function expectRetried(id: string): Promise<void> {
    const job = await world().storedUntil(id, ({ notice }) => notice?.attempts === 1);
    expect(job).toMatchObject({
      state: 'succeeded',
      notice: { state: 'pending', error: { code: 'MAIL_UNAVAILABLE' } },
    });
    expect((job.retryAt ?? 0) - (await world().stores.jobs.now())).toBeGreaterThan(SOONEST_RETRY_MS);
  }

  /** The operator has set it right: the mail goes, and everything else is as promised. */
  async function expectHealed(): Promise<void> {
    await world().restart('notification');
    await world().letTimePass();
    await world().kept();
  }

  it('SMTP 4xx: retried', async () => {
    await mailTo({
      ...plain,
      onRcptTo: (_address, _session, done) => {
        done(smtpReply(451, 'Greylisted'));
      },
    });
    await expectRetried((await upload()).id);
    await expectHealed();
  });

  it('SMTP refused: retried', async () => {
    await (await mailTo(plain)).close();
    server = undefined;
    await expectRetried((await upload()).id);
    await expectHealed();
  });

  it('SMTP 5xx recipient: permanent, job stays done', async () => {
    await mailTo({
      ...plain,
      onRcptTo: (_address, _session, done) => {
        done(smtpReply(550, 'No such user'));
      },
    });
    const { id } = await upload({ isMailRefused: true });
    const job = await world().storedUntil(id, ({ notice }) => notice?.state === 'failed');
    expect(job).toMatchObject({
      state: 'succeeded',
      notice: { attempts: 1, error: { code: 'MAIL_REJECTED' } },
    });
    await expectHealed();
  });

  it('SMTP bad login: consumer pauses, alarm', async () => {
    await mailTo(
      {
        allowInsecureAuth: true,
        authOptional: false,
        disabledCommands: ['STARTTLS'],
        onAuth: (_auth, _session, done) => {
          done(smtpReply(535, 'Authentication failed'));
        },
      },
      'clip:wrong',
    );
    const first = await upload();
    await world().storedUntil(first.id, ({ notice }) => notice?.attempts === 1);
    const second = await upload();
    await world().storedUntil(second.id, ({ state }) => state === 'succeeded');
    // Its message waits in the queue, since nobody takes any.
    await soon(async () => (await world().stores.queue.depth('mp3')) >= 2);
    expect((await world().stored(second.id)).notice).toMatchObject({ state: 'pending', attempts: 0 });
    const log = await readFile(join(world().folder, 'data', 'stack', 'logs', 'notification.log'), 'utf8');
    expect(log).toContain('THE MAIL SERVER REFUSES OUR LOGIN');
    await expectHealed();
  });

  it('SMTP cut after DATA: one retry, same Message-ID', async () => {
    const taken: Buffer[] = [];
    const cutting = await mailTo({
      ...plain,
      onData: (stream) => {
        stream
          .on('data', (part: Buffer) => taken.push(part))
          .once('end', () => {
            cutting.cutConnections();
          });
      },
    });
    const { id } = await upload();
    await expectRetried(id);
    await expectHealed();
    const { messageId } = await PostalMime.parse(Buffer.concat(taken));
    const sent = (await mailsIn(world().processes.surroundings.outbox)).filter((one) => one.includes(id));
    expect(sent).toEqual([messageId]);
    expect(await attempts(id)).toBe(1);
  });

  async function attempts(id: string): Promise<number | undefined> {
    const { notice }: Job = await world().stored(id);
    return notice?.attempts;
  }
});

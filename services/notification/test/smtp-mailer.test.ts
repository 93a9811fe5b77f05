import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SmtpMailer, type SmtpTimeouts } from '../src/adapters/smtp-mailer.ts';
import { MailLoginError, MailRejectedError, MailUnavailableError } from '../src/mailer.ts';
import { describeMailer } from '../testing/mailer-contract.ts';
import { sampleMail } from '../testing/sample-mail.ts';
import { smtpReply, SmtpTestServer } from '../testing/smtp-test-server.ts';

type ServerOptions = Parameters<typeof SmtpTestServer.start>[0];

describeMailer('smtp', async () => {
  const server = await SmtpTestServer.start({ disabledCommands: ['STARTTLS', 'AUTH'] });
  return {
    mailer: SmtpMailer.open(server.url()),
    received: async () => Promise.resolve(server.received),
    dispose: async () => server.close(),
  };
});

let stopServer: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stopServer?.();
  stopServer = undefined;
});

async function startServer(options: ServerOptions): Promise<SmtpTestServer> {
  const server = await SmtpTestServer.start(options);
  stopServer = async () => server.close();
  return server;
}

/** Sends one mail and gives back the error. */
async function failureOf(url: string, timeouts: Partial<SmtpTimeouts> = {}): Promise<unknown> {
  const mailer = SmtpMailer.open(url, { timeouts });
  return mailer.send(sampleMail()).then(
    () => 'no error',
    (error: unknown) => error,
  );
}

const noTlsNoLogin = { disabledCommands: ['STARTTLS', 'AUTH'] };

describe('SMTP replies', () => {
  it.each([
    ['a 4xx recipient', 450, MailUnavailableError],
    ['a 503 recipient', 503, MailUnavailableError],
    ['a 5xx recipient', 550, MailRejectedError],
    ['a recipient that needs a login', 530, MailLoginError],
  ])('%s', async (_name, code, errorClass) => {
    const server = await startServer({
      ...noTlsNoLogin,
      onRcptTo: (_address, _session, callback) => {
        callback(smtpReply(code, 'No such mailbox'));
      },
    });
    const error = await failureOf(server.url());
    expect(error).toBeInstanceOf(errorClass);
    expect(error).toMatchObject({ responseCode: code, cause: expect.any(Error) });
    expect(server.received).toEqual([]);
  });

  it.each([
    ['4xx content', 451, MailUnavailableError],
    ['5xx content', 554, MailRejectedError],
    ['a login reply from behind the server', 535, MailRejectedError],
  ])('%s', async (_name, code, errorClass) => {
    const server = await startServer({
      ...noTlsNoLogin,
      onData: (stream, _session, callback) => {
        stream.resume().once('end', () => {
          callback(smtpReply(code, 'Refused'));
        });
      },
    });
    const error = await failureOf(server.url());
    expect(error).toBeInstanceOf(errorClass);
    expect(error).toMatchObject({ responseCode: code });
  });

  it('a refused sender or greeting is about us, not about the mail', async () => {
    const server = await startServer({
      ...noTlsNoLogin,
      onMailFrom: (_address, _session, callback) => {
        callback(smtpReply(550, 'Not you'));
      },
    });
    expect(await failureOf(server.url())).toMatchObject({ name: 'MailUnavailableError', responseCode: 550 });
    await server.close();

    const closed = await startServer({
      onConnect: (_session, callback) => {
        callback(smtpReply(554, 'No service'));
      },
    });
    expect(await failureOf(closed.url())).toMatchObject({ name: 'MailUnavailableError', responseCode: 554 });
  });
});

describe('SMTP login', () => {
  const user = 'clip@scribe.example';
  const password = 'p@ss:w/ord% ü';
  const userinfo = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;

  const checkingLogin: ServerOptions = {
    authOptional: false,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: (auth, _session, callback) => {
      if (auth.username === user && auth.password === password) callback(null, { user });
      else callback(smtpReply(535, 'Authentication failed'));
    },
  };

  it('uses the percent-decoded user and password of the URL', async () => {
    const server = await startServer(checkingLogin);
    const mailer = SmtpMailer.open(server.url(userinfo));
    await mailer.ping();
    await mailer.send(sampleMail());
    expect(server.received).toHaveLength(1);
  });

  it('tells a refused login from everything else, and keeps the password out of the message', async () => {
    const server = await startServer(checkingLogin);
    const error = await failureOf(server.url('clip:wrong-secret'));
    expect(error).toMatchObject({ name: 'MailLoginError', code: 'MAIL_LOGIN_REFUSED', responseCode: 535 });
    expect(String(error)).not.toContain('wrong-secret');
    await expect(SmtpMailer.open(server.url('clip:wrong-secret')).ping()).rejects.toThrow(MailLoginError);
  });

  it('counts a server that wants a login we do not have as a refused login', async () => {
    const server = await startServer(checkingLogin);
    expect(await failureOf(server.url())).toMatchObject({ name: 'MailLoginError', responseCode: 530 });
  });

  it('tries again later when the server cannot check logins right now', async () => {
    const onAuth: NonNullable<ServerOptions>['onAuth'] = (_auth, _session, callback) => {
      callback(smtpReply(454, 'Later'));
    };
    const server = await startServer({ ...checkingLogin, onAuth });
    expect(await failureOf(server.url(userinfo))).toMatchObject({
      name: 'MailUnavailableError',
      responseCode: 454,
    });
  });
});

describe('SMTP connections', () => {
  it('a refused connection', async () => {
    const server = await SmtpTestServer.start();
    const url = server.url();
    await server.close();
    expect(await failureOf(url)).toMatchObject({
      name: 'MailUnavailableError',
      code: 'MAIL_UNAVAILABLE',
      responseCode: undefined,
    });
    await expect(SmtpMailer.open(url).ping()).rejects.toThrow(MailUnavailableError);
  });

  it('a connection cut after DATA, when the server may have the mail', async () => {
    const server = await startServer({
      ...noTlsNoLogin,
      onData: (stream) => {
        stream.resume().once('end', () => {
          server.cutConnections();
        });
      },
    });
    expect(await failureOf(server.url())).toBeInstanceOf(MailUnavailableError);
  });

  it('a server that accepts connections and never says a word', async () => {
    const mute = createServer();
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    stopServer = async () =>
      new Promise((resolve) => {
        mute.close(() => {
          resolve();
        });
      });
    // A server listening on a TCP port has an AddressInfo; only pipes have strings.
    const { port } = mute.address() as AddressInfo;
    const error = await failureOf(`smtp://127.0.0.1:${String(port)}`, { greeting: 50 });
    expect(error).toMatchObject({
      name: 'MailUnavailableError',
      cause: { code: 'ETIMEDOUT', timeoutType: 'GREETING_TIMEOUT' },
    });
  });

  it('a server that falls silent after DATA', async () => {
    const server = await startServer({
      ...noTlsNoLogin,
      onData: (stream) => {
        stream.resume();
      },
    });
    const error = await failureOf(server.url(), { silence: 200 });
    expect(error).toMatchObject({ name: 'MailUnavailableError', cause: { code: 'ETIMEDOUT' } });
  });

  it('a server that is never silent for long but never done', async () => {
    const server = await startServer({
      ...noTlsNoLogin,
      onData: (stream) => {
        stream.resume();
      },
    });
    const error = await failureOf(server.url(), { whole: 200 });
    expect(error).toMatchObject({ name: 'MailUnavailableError', cause: { code: 'EABORT' } });
  });
});

describe('SMTP encryption', () => {
  it('is used when offered, with insecure=true also with a self-signed certificate', async () => {
    const server = await startServer({});
    await SmtpMailer.open(server.url('', '?insecure=true')).send(sampleMail());
    expect(server.encrypted).toEqual([true]);
  });

  it('refuses a self-signed certificate otherwise, rather than going on in the clear', async () => {
    const server = await startServer({});
    expect(await failureOf(server.url())).toBeInstanceOf(MailUnavailableError);
    expect(server.received).toEqual([]);
  });

  it('is left out with starttls=never', async () => {
    const server = await startServer({});
    await SmtpMailer.open(server.url('', '?starttls=never')).send(sampleMail());
    expect(server.encrypted).toEqual([false]);
  });

  it('is insisted on with starttls=required', async () => {
    const server = await startServer(noTlsNoLogin);
    expect(await failureOf(server.url('', '?starttls=required'))).toBeInstanceOf(MailUnavailableError);
    expect(server.received).toEqual([]);
  });

  it('is there from the first byte with smtps:', async () => {
    const server = await startServer({ secure: true });
    await SmtpMailer.open(server.url('', '?insecure=true').replace('smtp:', 'smtps:')).send(sampleMail());
    expect(server.encrypted).toEqual([true]);
  });
});

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { faults, SpeechApi } from '@clipscribe/converter/testing';
import { Client, filePart } from '../../support/client.ts';
import { makeSpeech } from '../../support/media.ts';
import { describeOnEachPlatform } from '../../support/platforms.ts';
import type { Running } from '../../support/running.ts';
import { head, sendRaw } from '../../support/security/raw-http.ts';
import { judge } from '../../support/security/verdict-table.ts';
import { adminEmail, adminPassword } from '../../support/suite-process.ts';

const given = {
  'the first password of a user': 'seventeen blue kettles',
  'the changed password of a user': 'forty green bicycles',
  'a password that was wrong': 'a mistyped passphrase',
  'a password sent to a wrong path': 'sent where it is not read',
  'the password of the mail server': 'mail-password-9fd2c1',
  'a token that is none': 'eyJub3QiOiJhIHRva2VuIn0.none.none-5c11',
} as const;
const email = 'ada@example.org';
const basic = (user: string, password: string): string =>
  Buffer.from(`${user}:${password}`).toString('base64');

describeOnEachPlatform('security: logs', (start) => {
  let folder: string;
  let api: SpeechApi;
  let suite: Running;
  let logs: string;
  let isStopped = false;
  const secrets = new Map<string, string>(Object.entries(given));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-security-logs-'));
    api = await SpeechApi.start({ key: 'sk-key-of-the-speech-api-31', behaviour: faults.wrongKey });
    suite = await start(join(folder, 'data'), {
      LOG_LEVEL: 'trace',
      REGISTRATION: 'open',
      TRANSCRIBER: 'openai',
      OPENAI_BASE_URL: api.url,
      OPENAI_API_KEY: api.key,
      // Nobody listens there: the mail fails, and the failure is logged.
      MAIL_URL: `smtp://mailer:${given['the password of the mail server']}@127.0.0.1:9`,
    });
    secrets.set('the key of the speech API', api.key);
    secrets.set('the password of the administrator', adminPassword);
    await useEverything();
    await readSecrets();
    isStopped = true;
    await suite.stop();
    logs = await suite.logs();
  });
  afterAll(async () => {
    if (!isStopped) await suite.stop();
    await api.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Each way that a secret comes in, with what goes wrong on it. */
  async function useEverything(): Promise<void> {
    const { url } = suite;
    const [first, second] = [given['the first password of a user'], given['the changed password of a user']];
    await send('POST', '/register', { email, password: first });
    await send('POST', '/register', { email, password: first });
    await send('POST', '/login', { email, password: given['a password that was wrong'] });
    await send('POST', '/logins', { email, password: given['a password sent to a wrong path'] });
    await Client.login(url, adminEmail, adminPassword);
    const old = await Client.login(url, email, first);
    secrets.set('a revoked token', old.token);
    secrets.set('user and password as Basic', basic(email, first));
    await old.fetch('/password', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ currentPassword: first, newPassword: second }),
    });
    const ada = await Client.login(url, email, second);
    secrets.set('a token', ada.token);
    await new Client(url, given['a token that is none']).fetch('/jobs');
    await old.fetch('/jobs');
    await sendRaw(url, head(`GET /jobs?access_token=${ada.token}`));
    await sendRaw(url, head(`GET /${ada.token}`));
    await sendRaw(url, head('GET /jobs', `Authorization: Bearer ${ada.token}`, 'Content-Length: x'));
    await addWebhook(ada);
    const clip = await filePart(await makeSpeech(folder, 'talk', 'Nobody may read what is secret.'));
    const [job] = await ada.upload([clip], { transcript: 'true' });
    await ada.ended(job?.id ?? '');
    await ada.fetch('/logout', { method: 'POST' });
  }

  async function addWebhook(ada: Client): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const address = 'https://127.0.0.1:9/hook?key=in-the-address-7714';
    const answer = await ada.fetch('/webhooks', {
      method: 'POST',
      headers,
      body: JSON.stringify({ url: address }),
    });
    const secret = /whsec_[\w+/=-]+/.exec(await answer.text())?.[0];
    if (secret !== undefined) secrets.set('the secret of a webhook', secret);
    secrets.set('the key in the address of a webhook', 'in-the-address-7714');
  }

  async function send(method: string, path: string, body: unknown): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    await fetch(`${suite.url}${path}`, { method, headers, body: JSON.stringify(body) });
  }

  /** What clipscribe made for itself: keys, and the passwords of its servers. */
  async function readSecrets(): Promise<void> {
    for (const entry of await readdir(join(folder, 'data'), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && entry.parentPath.endsWith('/secrets'))
        secrets.set(`the file secrets/${entry.name}`, (await readFile(path, 'utf8')).trim());
      if (entry.name !== 'stack.env') continue;
      for (const [, name, password] of (await readFile(path, 'utf8')).matchAll(
        /^(\w+)=\w+:\/\/[^:/]*:([^@/]+)@/gm,
      ))
        secrets.set(`the password in ${name ?? ''}`, password ?? '');
    }
  }

  const found = (): string =>
    [...secrets]
      .filter(([, secret]) => logs.includes(secret))
      .map(([name]) => name)
      .join(', ');
  judge('Secrets in logs', [
    {
      no: 'logs',
      what: 'what was looked for',
      expected: /^1[1-9]|[2-9]\d secrets$/,
      see: () => Promise.resolve(`${String(secrets.size)} secrets`),
    },
    {
      no: 'logs',
      what: 'secrets that are empty or short',
      expected: 'none',
      see: () =>
        Promise.resolve(
          [...secrets]
            .filter(([, secret]) => secret.length < 12)
            .map(([name]) => name)
            .join(', ') || 'none',
        ),
    },
    {
      no: 'logs',
      what: 'something was logged of requests and of failures',
      expected: 'yes',
      see: () =>
        Promise.resolve(
          logs.includes('"msg":"request"') && /"level":"(warn|error)"/.test(logs) ? 'yes' : 'no',
        ),
    },
    {
      no: 'logs',
      what: 'secrets, passwords and tokens that were found',
      expected: 'none',
      see: () => Promise.resolve(found() || 'none'),
    },
  ]);
});

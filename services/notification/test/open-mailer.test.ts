import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@clipscribe/runtime';
import { FileMailer } from '../src/adapters/file-mailer.ts';
import { openMailer } from '../src/adapters/open-mailer.ts';
import { SmtpMailer } from '../src/adapters/smtp-mailer.ts';
import { parseSmtpUrl } from '../src/adapters/smtp-url.ts';

describe('openMailer', () => {
  it.each(['file:', 'file://'])('makes an outbox of %s and a path', async (prefix) => {
    const root = await mkdtemp(join(tmpdir(), 'clipscribe-outbox-'));
    const mailer = await openMailer(`${prefix}${join(root, 'outbox')}`);
    expect(mailer).toBeInstanceOf(FileMailer);
    expect(await readdir(root)).toEqual(['outbox']);
    await mailer.close();
    await rm(root, { recursive: true });
  });

  it.each(['smtp://localhost', 'smtps://user:pass@mail.example.org'])('speaks SMTP for %s', async (url) => {
    const mailer = await openMailer(url);
    expect(mailer).toBeInstanceOf(SmtpMailer);
    await mailer.close();
  });

  it.each(['http://user:secret@localhost', 'secret', ''])(
    'refuses %j, naming MAIL_URL but not its content',
    async (url) => {
      const error: unknown = await openMailer(url).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ConfigError);
      expect(String(error)).toContain('MAIL_URL');
      expect(String(error)).not.toContain('secret');
    },
  );
});

describe('parseSmtpUrl', () => {
  it('reads every part', () => {
    expect(parseSmtpUrl('smtp://a%40b:p%3Aq@mail.example.org:2525?starttls=required&insecure=true')).toEqual({
      host: 'mail.example.org',
      port: 2525,
      secure: false,
      starttls: 'required',
      insecure: true,
      login: { user: 'a@b', pass: 'p:q' },
    });
  });

  it('has defaults: submission ports, encryption when offered, certificates checked, no login', () => {
    const defaults = { starttls: 'opportunistic', insecure: false, login: undefined };
    expect(parseSmtpUrl('smtp://localhost')).toEqual({
      host: 'localhost',
      port: 587,
      secure: false,
      ...defaults,
    });
    expect(parseSmtpUrl('smtps://[::1]')).toEqual({ host: '::1', port: 465, secure: true, ...defaults });
  });

  it.each([
    'smtp:',
    'smtp://',
    'smtp://host:99999',
    'smtp://host?starttls=maybe',
    'smtp://host?insecure=1',
    'smtp://host?pool=true',
    'smtp://user@host',
    'smtp://user:secret%zz@host',
  ])('refuses %s, naming MAIL_URL', (url) => {
    expect(() => parseSmtpUrl(url)).toThrow(ConfigError);
    expect(() => parseSmtpUrl(url)).toThrow(/^MAIL_URL((?!secret).)*$/);
  });
});

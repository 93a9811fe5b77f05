import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@clipscribe/runtime';
import { AddressRules } from '@clipscribe/webhooks';
import { readNotificationConfig } from '../src/config.ts';

describe('readNotificationConfig', () => {
  it('needs nothing set', () => {
    expect(readNotificationConfig({})).toEqual({
      jobsUrl: 'sqlite:data/jobs.db',
      ownersUrl: 'sqlite:data/owners.db',
      queueUrl: 'sqlite:data/queue.db',
      mailUrl: 'file:data/outbox',
      mailFrom: { name: 'clipscribe', address: 'clipscribe@localhost' },
      publicUrl: 'http://localhost:8080',
      host: '127.0.0.1',
      metricsPort: undefined,
      slots: 4,
      webhookSlots: 16,
      webhookRules: expect.any(AddressRules),
      logLevel: 'info',
    });
  });

  it('looks for owners where it is told to', () => {
    const env = { JOBS_URL: 'mongodb://db/clipscribe', OWNERS_URL: 'sqlite:owners.db' };
    expect(readNotificationConfig(env).ownersUrl).toBe('sqlite:owners.db');
  });

  it('calls no private hosts but those that are named', () => {
    expect(readNotificationConfig({}).webhookRules.allows('10.1.2.3')).toBe(false);
    const { webhookRules } = readNotificationConfig({ WEBHOOK_ALLOW: 'receiver, 10.0.0.0/8' });
    expect([webhookRules.allows('10.1.2.3'), webhookRules.allows('127.0.0.1')]).toEqual([true, false]);
    expect(webhookRules.isTrusted('receiver')).toBe(true);
  });

  it('takes what is set', () => {
    const env = {
      JOBS_URL: 'mongodb://db/clipscribe',
      QUEUE_URL: 'amqp://broker',
      MAIL_URL: 'smtp://mail',
      MAIL_FROM: '"Scribe, Clip" <clip@example.org>',
      PUBLIC_URL: 'https://Clips.example.org/app//',
      HOST: '0.0.0.0',
      METRICS_PORT: '9090',
      NOTIFICATION_SLOTS: '64',
      WEBHOOK_SLOTS: '3',
      WEBHOOK_ALLOW: 'receiver, 10.0.0.0/8',
      LOG_LEVEL: 'debug',
    };
    expect(readNotificationConfig(env)).toEqual({
      jobsUrl: 'mongodb://db/clipscribe',
      ownersUrl: 'mongodb://db/clipscribe',
      queueUrl: 'amqp://broker',
      mailUrl: 'smtp://mail',
      mailFrom: { name: 'Scribe, Clip', address: 'clip@example.org' },
      publicUrl: 'https://clips.example.org/app',
      host: '0.0.0.0',
      metricsPort: 9090,
      slots: 64,
      webhookSlots: 3,
      webhookRules: expect.any(AddressRules),
      logLevel: 'debug',
    });
  });

  it.each([
    ['clip@example.org', '', 'clip@example.org'],
    ['Clip Scribe <clip@example.org>', 'Clip Scribe', 'clip@example.org'],
    ['Klipp Schreiber Ü <clip@mail.internal>', 'Klipp Schreiber Ü', 'clip@mail.internal'],
    ['<clip@example.org>', '', 'clip@example.org'],
  ])('reads the sender %s', (text, name, address) => {
    expect(readNotificationConfig({ MAIL_FROM: text }).mailFrom).toEqual({ name, address });
  });

  it.each([
    ['MAIL_FROM', 'clipscribe'],
    ['MAIL_FROM', 'a@example.org, b@example.org'],
    ['MAIL_FROM', 'Clip <a@example.org> <b@example.org>'],
    ['MAIL_FROM', 'Clip\r\nBcc: eve@example.org <a@example.org>'],
    ['MAIL_FROM', 'Clip <>'],
    ['MAIL_FROM', `${'a'.repeat(250)}@example.org`],
    ['PUBLIC_URL', 'localhost:8080'],
    ['PUBLIC_URL', 'ftp://example.org'],
    ['PUBLIC_URL', 'not a url'],
    ['PUBLIC_URL', 'https://user:pass@example.org'],
    ['PUBLIC_URL', 'https://example.org/?a=b'],
    ['METRICS_PORT', '65536'],
    ['METRICS_PORT', 'http'],
    ['NOTIFICATION_SLOTS', '0'],
    ['NOTIFICATION_SLOTS', '65'],
    ['NOTIFICATION_SLOTS', '1.5'],
    ['WEBHOOK_SLOTS', '0'],
    ['WEBHOOK_SLOTS', '257'],
    ['WEBHOOK_ALLOW', 'http://receiver'],
    ['WEBHOOK_ALLOW', '10.0.0.0/33'],
    ['LOG_LEVEL', 'loud'],
  ])('refuses %s=%j in one line that names the variable', (name, value) => {
    expect(() => readNotificationConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => readNotificationConfig({ [name]: value })).toThrow(new RegExp(`^${name} must .+$`));
  });
});

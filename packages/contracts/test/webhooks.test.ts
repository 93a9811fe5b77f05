import { describe, expect, it } from '@jest/globals';
import { newWebhookSchema, webhookChangeSchema, webhookEvents, webhookUrlSchema } from '../src/index.ts';

describe('the address of a webhook', () => {
  it.each([
    ['https://example.org', 'https://example.org/'],
    [' http://example.org:8080/a?b=c ', 'http://example.org:8080/a?b=c'],
  ])('may be %s', (text, url) => {
    expect(webhookUrlSchema.parse(text)).toBe(url);
  });

  it.each([
    '',
    'example.org/hook',
    'ftp://example.org',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://',
    'https://ada:secret@example.org',
    'https://example.org/#part',
    `https://example.org/${'a'.repeat(2048)}`,
    7,
    null,
  ])('is refused when it is %p', (text) => {
    expect(webhookUrlSchema.safeParse(text).success).toBe(false);
  });
});

describe('the bodies of webhook requests', () => {
  it('name each event once, in one order, or mean all of them', () => {
    const url = 'https://example.org/';
    expect(newWebhookSchema.parse({ url })).toEqual({ url, events: webhookEvents, enabled: true });
    const events = ['job.failed', 'job.succeeded', 'job.failed'];
    expect(newWebhookSchema.parse({ url, events }).events).toEqual(['job.succeeded', 'job.failed']);
    expect(webhookChangeSchema.parse({})).toEqual({});
  });

  it.each([
    {},
    { url: 'https://example.org/', events: [] },
    { url: 'https://example.org/', events: ['job.begun'] },
    { url: 'https://example.org/', secret: 'mine' },
    { url: 'https://example.org/', enabled: 'yes' },
  ])('are refused when they are %j', (body) => {
    expect(newWebhookSchema.safeParse(body).success).toBe(false);
  });
});

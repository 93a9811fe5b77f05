import { randomUUID } from 'node:crypto';
import type { Mail } from '../src/mailer.ts';

/** A fresh mail; every field may be overridden. */
export function sampleMail(overrides: Partial<Mail> = {}): Mail {
  return {
    messageId: `<${randomUUID()}@clipscribe.example>`,
    from: { name: 'clipscribe', address: 'clipscribe@example.org' },
    to: 'ada@example.org',
    subject: 'Ready: talk.mp4',
    text: 'It is ready.\n',
    html: '<p>It is ready.</p>\n',
    date: new Date('2026-03-01T12:00:00Z'),
    ...overrides,
  };
}

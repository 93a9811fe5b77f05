import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import PostalMime, { type Email } from 'postal-mime';
import { MailRejectedError, type Mailer } from '../src/mailer.ts';
import { sampleMail } from './sample-mail.ts';

export interface OpenedMailer {
  mailer: Mailer;
  /** The raw messages that arrived, in no order. */
  received: () => Promise<Buffer[]>;
  /** Frees what was made; called after the mailer was closed. */
  dispose: () => Promise<void>;
}

/** What every mailer must do; each adapter runs it. `open` gives one with an empty place to arrive at. */
export function describeMailer(name: string, open: () => Promise<OpenedMailer>): void {
  describe(`mailer contract: ${name}`, () => {
    let opened: OpenedMailer;

    beforeEach(async () => {
      opened = await open();
    });
    afterEach(async () => {
      await opened.mailer.close();
      await opened.dispose();
    });

    async function arrived(): Promise<Email[]> {
      const mails = await Promise.all((await opened.received()).map(async (raw) => PostalMime.parse(raw)));
      // The parser ends every part with a line break, whether it had one or not.
      return mails.map((mail) => ({
        ...mail,
        text: mail.text?.trimEnd() ?? '',
        html: mail.html?.trimEnd() ?? '',
      }));
    }

    it('delivers a mail once, with its id, date, addresses and both parts', async () => {
      const mail = sampleMail();
      await opened.mailer.send(mail);
      const mails = await arrived();
      expect(mails).toHaveLength(1);
      expect(mails[0]).toMatchObject({
        messageId: mail.messageId,
        date: '2026-03-01T12:00:00.000Z',
        from: { name: 'clipscribe', address: 'clipscribe@example.org' },
        to: [{ address: 'ada@example.org' }],
        subject: mail.subject,
        text: 'It is ready.',
        html: '<p>It is ready.</p>',
        attachments: [],
      });
    });

    it('keeps the Message-ID when the same mail is sent again', async () => {
      const mail = sampleMail();
      await opened.mailer.send(mail);
      await opened.mailer.send(mail);
      const ids = (await arrived()).map(({ messageId }) => messageId);
      expect(new Set(ids)).toEqual(new Set([mail.messageId]));
    });

    it('takes a Message-ID without angle brackets', async () => {
      await opened.mailer.send(sampleMail({ messageId: 'bare@clipscribe.example' }));
      expect((await arrived()).map(({ messageId }) => messageId)).toEqual(['<bare@clipscribe.example>']);
    });

    it('carries text of any script in the subject, the names and both parts', async () => {
      const words = 'Grüße, Приве́т, 会議の録画, 👩‍💻';
      const from = { name: `${words} "clipscribe"`, address: 'clipscribe@example.org' };
      await opened.mailer.send(
        sampleMail({ from, subject: words, text: `${words}\n`, html: `<p>${words}</p>\n` }),
      );
      const mails = await arrived();
      expect(mails[0]).toMatchObject({ from, subject: words, text: words, html: `<p>${words}</p>` });
    });

    it('keeps a plain line whole and readable in the raw message, whatever script is around it', async () => {
      const line = 'mp3 file_id: 0190a5c1-0000-7000-8000-000000000000 is now ready!';
      await opened.mailer.send(sampleMail({ text: `${'会議の録画'.repeat(40)}\n\n${line}\n\n.\n` }));
      const [raw] = await opened.received();
      expect(raw?.toString('latin1').split('\r\n')).toContain(line);
    });

    it('delivers many mails sent at the same time', async () => {
      const mails = Array.from({ length: 8 }, () => sampleMail());
      await Promise.all(mails.map(async (mail) => opened.mailer.send(mail)));
      const ids = (await arrived()).map(({ messageId }) => messageId);
      expect(ids.toSorted()).toEqual(mails.map(({ messageId }) => messageId).toSorted());
    });

    it('lets no line break in the subject or the sender name make a header', async () => {
      const hostile = 'Ready\r\nBcc: eve@example.org\r\n\r\nbody';
      await opened.mailer.send(
        sampleMail({ subject: hostile, from: { name: hostile, address: 'a@example.org' } }),
      );
      const [mail] = await arrived();
      expect(mail?.bcc).toBeUndefined();
      expect(mail?.headers.map(({ key }) => key)).not.toContain('bcc');
      expect(mail?.text).toBe('It is ready.');
    });

    it.each([
      'a@example.org, eve@example.org',
      'a@example.org\r\nBcc: eve@example.org',
      'Eve <a@example.org>',
      '',
      'nobody',
    ])('refuses the recipient %j for good', async (to) => {
      await expect(opened.mailer.send(sampleMail({ to }))).rejects.toThrow(MailRejectedError);
      expect(await opened.received()).toEqual([]);
    });

    it('asks vacation responders not to answer', async () => {
      await opened.mailer.send(sampleMail());
      const [mail] = await arrived();
      expect(mail?.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-generated');
    });

    it('answers a ping without sending anything', async () => {
      await opened.mailer.ping();
      expect(await opened.received()).toEqual([]);
    });
  });
}

import type { SendMailOptions } from 'nodemailer';
import { isPlainAddress } from '../mail-address.ts';
import { MailRejectedError, type Mail } from '../mailer.ts';

/** Content is never fetched: not from files, not from URLs. */
export const noFetching = { disableFileAccess: true, disableUrlAccess: true } as const;

/**
 * The mail in nodemailer's terms. The addresses go as objects, so that nothing in them is read as a list.
 * @throws MailRejectedError for a recipient that is not one plain address.
 */
export function composeMessage(mail: Mail): SendMailOptions {
  if (!isPlainAddress(mail.to)) throw new MailRejectedError('the recipient is not a plain e-mail address');
  return {
    ...noFetching,
    messageId: mail.messageId,
    from: mail.from,
    to: { name: '', address: mail.to },
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    date: mail.date,
    // Keeps plain lines readable in the raw mail, whatever script the file name is in.
    encoding: 'quoted-printable',
    // RFC 3834: asks vacation responders not to answer.
    headers: { 'Auto-Submitted': 'auto-generated' },
    xMailer: false,
  };
}

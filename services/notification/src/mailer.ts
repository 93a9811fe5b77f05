import type { MailAddress } from './mail-address.ts';

/** One message to one person, in plain text and in HTML. */
export interface Mail {
  /** With or without angle brackets. The same for every copy of the same news. */
  messageId: string;
  from: MailAddress;
  /** One plain address, such as ada@example.org. */
  to: string;
  subject: string;
  text: string;
  html: string;
  date: Date;
}

/** Hands mail over to whatever carries it to the recipient. */
export interface Mailer {
  /**
   * Resolves once the mail is handed over for good: written to disk, or accepted by the server. After an
   * error the mail may have been accepted all the same; the Message-ID lets the recipient's side see a copy.
   * @throws MailRejectedError, MailLoginError, MailUnavailableError
   */
  send: (mail: Mail) => Promise<void>;
  /**
   * Resolves when a mail could be sent now. A mail server is asked for real, with login: right before work
   * begins, and while sending is paused; too costly for a probe every few seconds.
   * @throws MailLoginError, MailUnavailableError
   */
  ping: () => Promise<void>;
  close: () => Promise<void>;
}

interface MailErrorOptions {
  /** The three digits of the server's reply, RFC 5321 section 4.2. */
  responseCode?: number | undefined;
  cause?: unknown;
}

/** What every failed sending has: a stable code, and the reply code of the server where there was a reply. */
export abstract class MailError extends Error {
  abstract readonly code: string;
  readonly responseCode: number | undefined;

  constructor(message: string, options: MailErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.responseCode = options.responseCode;
  }
}

/** This mail will never be taken: the recipient or the content was refused for good. */
export class MailRejectedError extends MailError {
  override readonly name = 'MailRejectedError';
  override readonly code = 'MAIL_REJECTED';
}

/** The server refuses us, not the mail: no mail will go until the operator has set the login right. */
export class MailLoginError extends MailError {
  override readonly name = 'MailLoginError';
  override readonly code = 'MAIL_LOGIN_REFUSED';
}

/** It did not work this time, or nobody knows whether it did; the same mail may go later. */
export class MailUnavailableError extends MailError {
  override readonly name = 'MailUnavailableError';
  override readonly code = 'MAIL_UNAVAILABLE';
}

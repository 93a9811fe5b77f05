import { createTransport, type SMTPTransportOptions } from 'nodemailer';
import type { Mail, Mailer } from '../mailer.ts';
import { composeMessage, noFetching } from './message.ts';
import { asMailError } from './smtp-failures.ts';
import { parseSmtpUrl, type SmtpServer } from './smtp-url.ts';

/** All in milliseconds. */
export interface SmtpTimeouts {
  connection: number;
  greeting: number;
  /** Without a byte from the server. */
  silence: number;
  /** For one mail from first to last: a server that drips bytes is never silent. */
  whole: number;
}

const defaultTimeouts: SmtpTimeouts = {
  connection: 10_000,
  greeting: 10_000,
  silence: 30_000,
  whole: 120_000,
};

/** Hands mail to a server by SMTP (RFC 5321), one connection a mail: mails are few, stale pools are trouble. */
export class SmtpMailer implements Mailer {
  readonly #transport;
  readonly #timeouts: SmtpTimeouts;

  constructor(server: SmtpServer, timeouts: SmtpTimeouts) {
    this.#transport = createTransport(transportOptions(server, timeouts));
    this.#timeouts = timeouts;
  }

  /** Does not connect. @throws ConfigError when the URL is wrong */
  static open(url: string, options: { timeouts?: Partial<SmtpTimeouts> } = {}): SmtpMailer {
    return new SmtpMailer(parseSmtpUrl(url), { ...defaultTimeouts, ...options.timeouts });
  }

  async send(mail: Mail): Promise<void> {
    const message = composeMessage(mail);
    try {
      await this.#transport.sendMail({ ...message, signal: AbortSignal.timeout(this.#timeouts.whole) });
    } catch (error) {
      throw asMailError(error);
    }
  }

  async ping(): Promise<void> {
    try {
      await this.#transport.verify();
    } catch (error) {
      throw asMailError(error);
    }
  }

  close(): Promise<void> {
    this.#transport.close();
    return Promise.resolve();
  }
}

function transportOptions(server: SmtpServer, timeouts: SmtpTimeouts): SMTPTransportOptions {
  return {
    ...noFetching,
    host: server.host,
    port: server.port,
    secure: server.secure,
    requireTLS: server.starttls === 'required',
    ignoreTLS: server.starttls === 'never',
    tls: { rejectUnauthorized: !server.insecure },
    connectionTimeout: timeouts.connection,
    dnsTimeout: timeouts.connection,
    greetingTimeout: timeouts.greeting,
    socketTimeout: timeouts.silence,
    ...(server.login === undefined ? {} : { auth: server.login }),
  };
}

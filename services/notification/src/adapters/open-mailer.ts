import { ConfigError, urlPath, urlScheme } from '@clipscribe/runtime';
import type { Mailer } from '../mailer.ts';
import { FileMailer } from './file-mailer.ts';
import { SmtpMailer } from './smtp-mailer.ts';

/** Opens the mailer that `MAIL_URL` names; connects to nothing yet. @throws ConfigError, StartError */
export async function openMailer(url: string): Promise<Mailer> {
  switch (urlScheme(url)) {
    case 'file':
      return FileMailer.open(urlPath(url));
    case 'smtp':
    case 'smtps':
      return SmtpMailer.open(url);
    default:
      // The URL itself is not shown: it may hold a password.
      throw new ConfigError('MAIL_URL must begin with file:, smtp: or smtps:');
  }
}

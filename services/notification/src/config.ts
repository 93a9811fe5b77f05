import { logLevels, readConfig, variable, type Env } from '@clipscribe/runtime';
import { z } from 'zod';
import { parseMailAddress, type MailAddress } from './mail-address.ts';

export interface NotificationConfig {
  jobsUrl: string;
  queueUrl: string;
  mailUrl: string;
  mailFrom: MailAddress;
  /** Where owners reach the gateway, without a slash at the end. */
  publicUrl: string;
  /** Address that the management port listens on. */
  host: string;
  /** Absent for no management port. */
  metricsPort: number | undefined;
  /** Mails that are sent at the same time. */
  slots: number;
  logLevel: (typeof logLevels)[number];
}

const mailFrom = z
  .string()
  .transform((value, context) => {
    const address = parseMailAddress(value);
    if (address !== null) return address;
    context.addIssue({
      code: 'custom',
      message: 'must be an address such as clipscribe <clipscribe@example.org>',
    });
    return z.NEVER;
  })
  .prefault('clipscribe <clipscribe@localhost>');

const publicUrl = z
  .string()
  .transform((value, context) => {
    const url = URL.parse(value);
    if (url !== null && isPlainHttpUrl(url)) return url.href.replace(/\/+$/, '');
    context.addIssue({
      code: 'custom',
      message: 'must be an http: or https: URL without user, query or fragment',
    });
    return z.NEVER;
  })
  .prefault('http://localhost:8080');

function isPlainHttpUrl(url: URL): boolean {
  return /^https?:$/.test(url.protocol) && url.username + url.password + url.search + url.hash === '';
}

// The schemes of the backing services are known to the adapters, which name the variable too.
const shape = {
  JOBS_URL: z.string().default('sqlite:data/jobs.db'),
  QUEUE_URL: z.string().default('sqlite:data/queue.db'),
  MAIL_URL: z.string().default('file:data/outbox'),
  MAIL_FROM: mailFrom,
  PUBLIC_URL: publicUrl,
  HOST: z.string().default('127.0.0.1'),
  // Unwrapped because a default would count as set.
  METRICS_PORT: variable.port(0).unwrap().optional(),
  NOTIFICATION_SLOTS: variable.integer(4, 1, 64),
  LOG_LEVEL: variable.oneOf(logLevels).default('info'),
};

/** Reads the variables of this service. @throws ConfigError naming the variable that is wrong */
export function readNotificationConfig(env: Env): NotificationConfig {
  const values = readConfig(env, shape);
  return {
    jobsUrl: values.JOBS_URL,
    queueUrl: values.QUEUE_URL,
    mailUrl: values.MAIL_URL,
    mailFrom: values.MAIL_FROM,
    publicUrl: values.PUBLIC_URL,
    host: values.HOST,
    metricsPort: values.METRICS_PORT,
    slots: values.NOTIFICATION_SLOTS,
    logLevel: values.LOG_LEVEL,
  };
}

import { ownersUrlBeside } from '@clipscribe/owner-store';
import {
  logLevels,
  readConfig,
  tracingConfig,
  tracingShape,
  variable,
  type Env,
  type TracingConfig,
} from '@clipscribe/runtime';
import { webhookAllowSchema, type AddressRules } from '@clipscribe/webhooks';
import { z } from 'zod';
import { parseMailAddress, type MailAddress } from './mail-address.ts';

export interface NotificationConfig {
  jobsUrl: string;
  ownersUrl: string;
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
  /** Attempts to deliver webhooks that are made at the same time. */
  webhookSlots: number;
  /** Which hosts may be called. */
  webhookRules: AddressRules;
  /** Absent: nothing is traced. */
  tracing: TracingConfig | undefined;
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
  OWNERS_URL: z.string().optional(),
  QUEUE_URL: z.string().default('sqlite:data/queue.db'),
  MAIL_URL: z.string().default('file:data/outbox'),
  MAIL_FROM: mailFrom,
  PUBLIC_URL: publicUrl,
  HOST: z.string().default('127.0.0.1'),
  // Unwrapped because a default would count as set.
  METRICS_PORT: variable.port(0).unwrap().optional(),
  NOTIFICATION_SLOTS: variable.integer(4, 1, 64),
  WEBHOOK_SLOTS: variable.integer(16, 1, 256),
  WEBHOOK_ALLOW: webhookAllowSchema,
  ...tracingShape,
  LOG_LEVEL: variable.oneOf(logLevels).default('info'),
};

/** Reads the variables of this service. @throws ConfigError naming the variable that is wrong */
export function readNotificationConfig(env: Env): NotificationConfig {
  const values = readConfig(env, shape);
  return {
    jobsUrl: values.JOBS_URL,
    ownersUrl: values.OWNERS_URL ?? ownersUrlBeside(values.JOBS_URL),
    queueUrl: values.QUEUE_URL,
    mailUrl: values.MAIL_URL,
    mailFrom: values.MAIL_FROM,
    publicUrl: values.PUBLIC_URL,
    host: values.HOST,
    metricsPort: values.METRICS_PORT,
    slots: values.NOTIFICATION_SLOTS,
    webhookSlots: values.WEBHOOK_SLOTS,
    webhookRules: values.WEBHOOK_ALLOW,
    tracing: tracingConfig(values),
    logLevel: values.LOG_LEVEL,
  };
}

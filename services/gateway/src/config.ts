import type { Retention } from '@clipscribe/job-protocol';
import { ownersUrlBeside } from '@clipscribe/owner-store';
import { webhookAllowSchema, type AddressRules } from '@clipscribe/webhooks';
import { z } from 'zod';
import {
  logLevels,
  readConfig,
  tracingConfig,
  tracingShape,
  variable,
  type Env,
  type TracingConfig,
} from '@clipscribe/runtime';
import type { Quotas } from './quotas/quotas.ts';
import { trustedProxiesSchema, type TrustedProxies } from './trusted-proxies.ts';

export interface GatewayConfig {
  host: string;
  port: number;
  metricsPort: number | undefined;
  authUrl: string;
  jobsUrl: string;
  ownersUrl: string;
  filesUrl: string;
  queueUrl: string;
  /** Bytes of one upload request, all its files together. */
  maxUploadBytes: number;
  maxFiles: number;
  /** Hours after which a resumable upload expires that nobody goes on with. */
  resumableUploadHours: number;
  /** Proxies in front that say where a request comes from; undefined for none. */
  trustProxy: TrustedProxies | undefined;
  /** Open connections of one client network; proxies have any number. */
  maxConnections: number;
  /** Origins whose pages may call the API from a browser. */
  corsOrigins: readonly string[];
  /** So long the headers of a request may take, and so long a body that is no upload. */
  requestSeconds: number;
  /** An upload that sends less than a kilobyte a second for so long is given up. */
  uploadStallSeconds: number;
  /** So long a gateway that stops goes on answering, telling clients to use other connections. */
  partingSeconds: number;
  quotas: Quotas;
  retention: Retention;
  /** Which hosts may be webhooks. */
  webhookRules: AddressRules;
  /** Absent: nothing is traced. */
  tracing: TracingConfig | undefined;
  logLevel: (typeof logLevels)[number];
}

/** `https://host:port` with nothing behind it, as browsers send it, or `*` for all. */
function isOrigin(text: string): boolean {
  return text === '*' || (URL.canParse(text) && new URL(text).origin === text && !text.includes('*'));
}

const origins = z
  .string()
  .default('')
  .transform((text) => text.split(/[\s,]+/).filter((origin) => origin !== ''))
  .refine((list) => list.every(isOrigin), {
    error: 'must be origins such as https://app.example.org, separated by commas, or *',
  });

const shape = {
  HOST: z.string().default('127.0.0.1'),
  PORT: variable.port(8080),
  METRICS_PORT: variable.port(0).unwrap().optional(),
  AUTH_URL: variable.url('http', 'https').default('http://127.0.0.1:8081'),
  JOBS_URL: z.string().default('sqlite:data/jobs.db'),
  OWNERS_URL: z.string().optional(),
  FILES_URL: z.string().default('file:data/store'),
  QUEUE_URL: z.string().default('sqlite:data/queue.db'),
  MAX_UPLOAD: variable.bytes(10e9),
  MAX_FILES: variable.integer(20, 1, 1000),
  RESUMABLE_UPLOAD_HOURS: variable.integer(24, 1, 24 * 30),
  TRUST_PROXY: trustedProxiesSchema,
  MAX_CONNECTIONS_PER_ADDRESS: variable.integer(200, 1, 100_000),
  CORS_ORIGINS: origins,
  REQUEST_TIMEOUT_SECONDS: variable.integer(30, 1, 600),
  UPLOAD_STALL_SECONDS: variable.integer(60, 1, 3600),
  PARTING_SECONDS: variable.integer(0, 0, 9),
  MAX_STORED_PER_USER: variable.byteLimit(),
  MAX_MINUTES_PER_DAY: variable.limit('minutes'),
  MAX_JOBS_AT_ONCE: variable.limit('jobs'),
  KEEP_SOURCES: variable.duration(),
  KEEP_RESULTS: variable.duration(),
  KEEP_JOBS: variable.duration(),
  WEBHOOK_ALLOW: webhookAllowSchema,
  ...tracingShape,
  LOG_LEVEL: variable.oneOf(logLevels).default('info'),
};

/** The gateway's configuration. @throws ConfigError naming the variable that is wrong */
export function readGatewayConfig(env: Env): GatewayConfig {
  const values = readConfig(env, shape);
  return {
    host: values.HOST,
    port: values.PORT,
    metricsPort: values.METRICS_PORT,
    authUrl: values.AUTH_URL.replace(/\/+$/, ''),
    jobsUrl: values.JOBS_URL,
    ownersUrl: values.OWNERS_URL ?? ownersUrlBeside(values.JOBS_URL),
    filesUrl: values.FILES_URL,
    queueUrl: values.QUEUE_URL,
    maxUploadBytes: values.MAX_UPLOAD,
    maxFiles: values.MAX_FILES,
    resumableUploadHours: values.RESUMABLE_UPLOAD_HOURS,
    trustProxy: values.TRUST_PROXY,
    maxConnections: values.MAX_CONNECTIONS_PER_ADDRESS,
    corsOrigins: values.CORS_ORIGINS,
    requestSeconds: values.REQUEST_TIMEOUT_SECONDS,
    uploadStallSeconds: values.UPLOAD_STALL_SECONDS,
    partingSeconds: values.PARTING_SECONDS,
    quotas: {
      storedBytes: values.MAX_STORED_PER_USER,
      minutesPerDay: values.MAX_MINUTES_PER_DAY,
      jobsAtOnce: values.MAX_JOBS_AT_ONCE,
    },
    retention: { sources: values.KEEP_SOURCES, results: values.KEEP_RESULTS, jobs: values.KEEP_JOBS },
    webhookRules: values.WEBHOOK_ALLOW,
    tracing: tracingConfig(values),
    logLevel: values.LOG_LEVEL,
  };
}

import { z } from 'zod';
import { logLevels, readConfig, variable, type Env } from '@clipscribe/runtime';

export interface GatewayConfig {
  host: string;
  port: number;
  metricsPort: number | undefined;
  authUrl: string;
  jobsUrl: string;
  filesUrl: string;
  queueUrl: string;
  /** Bytes of one upload request, all its files together. */
  maxUploadBytes: number;
  maxFiles: number;
  logLevel: (typeof logLevels)[number];
}

const shape = {
  HOST: z.string().default('127.0.0.1'),
  PORT: variable.port(8080),
  METRICS_PORT: variable.port(0).unwrap().optional(),
  AUTH_URL: variable.url('http', 'https').default('http://127.0.0.1:8081'),
  JOBS_URL: z.string().default('sqlite:data/jobs.db'),
  FILES_URL: z.string().default('file:data/store'),
  QUEUE_URL: z.string().default('sqlite:data/queue.db'),
  MAX_UPLOAD: variable.bytes(10e9),
  MAX_FILES: variable.integer(20, 1, 1000),
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
    filesUrl: values.FILES_URL,
    queueUrl: values.QUEUE_URL,
    maxUploadBytes: values.MAX_UPLOAD,
    maxFiles: values.MAX_FILES,
    logLevel: values.LOG_LEVEL,
  };
}

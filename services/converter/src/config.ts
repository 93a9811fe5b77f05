import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { languageSchema } from '@clipscribe/contracts';
import {
  logLevels,
  readConfig,
  tracingConfig,
  tracingShape,
  variable,
  type Env,
  type TracingConfig,
} from '@clipscribe/runtime';
import { openaiShape, readOpenaiConfig, type OpenaiConfig } from './openai-config.ts';

export const roleNames = ['video', 'transcribe'] as const;
export type ConverterRole = (typeof roleNames)[number];

export interface ConverterConfig {
  jobsUrl: string;
  filesUrl: string;
  queueUrl: string;
  host: string;
  metricsPort: number | undefined;
  /** Which queues this process serves. */
  roles: readonly ConverterRole[];
  videoSlots: number;
  transcribeSlots: number;
  /** Where the input and output of the media tools lie while they run. */
  tempDir: string;
  maxDurationSeconds: number;
  /** No chunk of speech is longer; recordings of many hours have longer ones all the same. */
  chunkSeconds: number;
  artist: string;
  transcriber: TranscriberConfig;
  /** Absent: nothing is traced. */
  tracing: TracingConfig | undefined;
  logLevel: (typeof logLevels)[number];
}

export interface TranscriberConfig {
  engine: 'auto' | 'none' | 'pocketsphinx' | 'openai';
  /** Language of recordings whose owner states none; absent means the engine detects it. */
  language: string | undefined;
  pocketsphinxModel: string;
  openai: OpenaiConfig;
}

const cores = availableParallelism();

const roles = z
  .string()
  .default('video,transcribe')
  .transform((text) => text.split(',').map((name) => name.trim()))
  .pipe(z.array(z.enum(roleNames)).min(1));

const shape = {
  JOBS_URL: z.string().default('sqlite:data/jobs.db'),
  FILES_URL: z.string().default('file:data/store'),
  QUEUE_URL: z.string().default('sqlite:data/queue.db'),
  HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: variable.port(0).unwrap().optional(),
  CONVERTER_ROLES: roles,
  // One more than there are cores: while one MP3 is stored and the next input fetched, no core is idle.
  VIDEO_SLOTS: variable.integer(cores + 1, 1, 64),
  TRANSCRIBE_SLOTS: variable.integer(Math.max(1, cores - 1), 1, 64),
  TEMP_DIR: z.string().default('data/work'),
  MAX_DURATION_HOURS: variable.integer(12, 1, 48),
  // Ten minutes of speech are within what speech APIs accept.
  CHUNK_SECONDS: variable.integer(600, 5, 600),
  MP3_ARTIST: z.string().max(200).default('clipscribe'),
  TRANSCRIBER: variable.oneOf(['auto', 'none', 'pocketsphinx', 'openai']).default('auto'),
  TRANSCRIBER_LANGUAGE: languageSchema.optional(),
  POCKETSPHINX_MODEL: z.string().default('/usr/share/pocketsphinx/model/en-us'),
  ...openaiShape,
  ...tracingShape,
  LOG_LEVEL: variable.oneOf(logLevels).default('info'),
};

/** The converter's configuration. @throws ConfigError naming the variable that is wrong */
export function readConverterConfig(env: Env): ConverterConfig {
  const values = readConfig(env, shape);
  return {
    jobsUrl: values.JOBS_URL,
    filesUrl: values.FILES_URL,
    queueUrl: values.QUEUE_URL,
    host: values.HOST,
    metricsPort: values.METRICS_PORT,
    roles: values.CONVERTER_ROLES,
    videoSlots: values.VIDEO_SLOTS,
    transcribeSlots: values.TRANSCRIBE_SLOTS,
    tempDir: values.TEMP_DIR,
    maxDurationSeconds: values.MAX_DURATION_HOURS * 3600,
    chunkSeconds: values.CHUNK_SECONDS,
    artist: values.MP3_ARTIST,
    transcriber: {
      engine: values.TRANSCRIBER,
      language: values.TRANSCRIBER_LANGUAGE,
      pocketsphinxModel: values.POCKETSPHINX_MODEL,
      openai: readOpenaiConfig(values),
    },
    tracing: tracingConfig(values),
    logLevel: values.LOG_LEVEL,
  };
}

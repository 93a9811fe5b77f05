import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { logLevels, readConfig, variable, type Env } from '@clipscribe/runtime';

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
  artist: string;
  transcriber: TranscriberConfig;
  logLevel: (typeof logLevels)[number];
}

export interface TranscriberConfig {
  engine: 'auto' | 'none' | 'pocketsphinx' | 'openai';
  /** Language of recordings whose owner states none; absent means the engine detects it. */
  language: string | undefined;
  pocketsphinxModel: string;
  openai: { apiKey: string | undefined; baseUrl: string | undefined; model: string };
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
  MP3_ARTIST: z.string().max(200).default('clipscribe'),
  TRANSCRIBER: variable.oneOf(['auto', 'none', 'pocketsphinx', 'openai']).default('auto'),
  TRANSCRIBER_LANGUAGE: z
    .string()
    .regex(/^[a-z]{2}$/, { error: 'must be a two-letter ISO 639-1 code' })
    .optional(),
  POCKETSPHINX_MODEL: z.string().default('/usr/share/pocketsphinx/model/en-us'),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: variable.url('http', 'https').optional(),
  OPENAI_MODEL: z.string().default('whisper-1'),
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
    artist: values.MP3_ARTIST,
    transcriber: {
      engine: values.TRANSCRIBER,
      language: values.TRANSCRIBER_LANGUAGE,
      pocketsphinxModel: values.POCKETSPHINX_MODEL,
      openai: { apiKey: values.OPENAI_API_KEY, baseUrl: values.OPENAI_BASE_URL, model: values.OPENAI_MODEL },
    },
    logLevel: values.LOG_LEVEL,
  };
}

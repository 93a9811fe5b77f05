import { fileURLToPath } from 'node:url';
import { relative } from 'node:path';
import { start as startAuth } from '@clipscribe/auth';
import { start as startConverter } from '@clipscribe/converter';
import { start as startGateway } from '@clipscribe/gateway';
import { start as startNotification } from '@clipscribe/notification';
import {
  createLog,
  readConfig,
  runService,
  variable,
  logLevels,
  type Env,
  type RunningService,
} from '@clipscribe/runtime';
import { z } from 'zod';
import { DataFolder } from './data-folder.ts';
import { firstPassword } from './first-password.ts';
import { findSample } from './find-sample.ts';
import { greeting, type Greeting } from './greeting.ts';
import { recover } from './recover.ts';
import { convertSample } from './sample.ts';
import { serviceEnvs, withDefaults } from './service-envs.ts';

const SAMPLE = fileURLToPath(new URL('../../../samples/hello.mp4', import.meta.url));

const shape = {
  DATA_DIR: z.string().default('data'),
  LOG_LEVEL: variable.oneOf(logLevels).default('warn'),
  /** Whether the first start converts the shipped clip. */
  SAMPLE: variable.flag(true),
};

/** Starts the four services in this process, on one data folder. @throws ConfigError, StartError */
export async function start(env: Env): Promise<RunningService & { url: string }> {
  const config = readConfig(env, shape);
  const folder = DataFolder.open(config.DATA_DIR);
  const common = withDefaults(env, folder.path);
  const password = await firstPassword(folder, common);
  const envs = serviceEnvs(common, { jwt: folder.secret('jwt-secret'), adminPassword: password.value });
  await recover(envs.converter, createLog('suite', { level: config.LOG_LEVEL }));

  const auth = await startAuth(envs.auth);
  const gateway = await startGateway(envs.gateway(auth.url));
  const converter = await startConverter(envs.converter);
  const notification = await startNotification(envs.notification(gateway.url));

  const login = { email: envs.auth['ADMIN_EMAIL'] ?? '', password: password.value };
  const facts: Greeting = {
    url: gateway.url,
    adminEmail: login.email,
    dataFolder: folder.path,
    engine: converter.engine,
    sampleFile: relative(process.cwd(), SAMPLE),
    passwordIsGiven: password.isGiven,
    ...(password.isUnseen && !password.isGiven ? { adminPassword: password.value } : {}),
  };
  const sample =
    password.isUnseen && config.SAMPLE ? newSample(gateway.url, login) : oldSample(envs.auth, login.email);
  void sample.then((ids) => {
    process.stdout.write(greeting({ ...facts, ...ids }));
    password.forget();
  });

  const stop = async (): Promise<void> => {
    await gateway.stop();
    await Promise.all([converter.stop(), notification.stop()]);
    await auth.stop();
    folder.close();
  };
  return { name: 'suite', url: gateway.url, stop };
}

type SampleIds = Pick<Greeting, 'sampleAudioId' | 'sampleJobId'>;

/** Only the first start has the password, and so can upload the sample as a user would. */
async function newSample(url: string, login: { email: string; password: string }): Promise<SampleIds> {
  process.stdout.write('converting the sample clip …\n');
  try {
    const job = await convertSample(url, login, SAMPLE);
    return {
      sampleJobId: job.id,
      ...(job.audio.fileId === undefined ? {} : { sampleAudioId: job.audio.fileId }),
    };
  } catch (error) {
    process.stderr.write(
      `clipscribe: the sample was not converted: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return {};
  }
}

async function oldSample(env: Env, adminEmail: string): Promise<SampleIds> {
  const { USERS_URL = '', JOBS_URL = '' } = env;
  const job = await findSample({ users: USERS_URL, jobs: JOBS_URL }, adminEmail);
  if (job?.audio.fileId === undefined) return {};
  return { sampleJobId: job.id, sampleAudioId: job.audio.fileId };
}

if (import.meta.main) {
  // Started by a parent with an IPC channel: when the parent dies, there is nobody left to stop us.
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  await runService(start, process);
}

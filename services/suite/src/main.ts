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
import { recover } from './recover.ts';
import { serviceEnvs, withDefaults } from './service-envs.ts';
import { welcome } from './welcome.ts';

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

  void welcome({
    url: gateway.url,
    adminEmail: envs.auth['ADMIN_EMAIL'] ?? '',
    password,
    wantsSample: config.SAMPLE,
    usersUrl: envs.auth['USERS_URL'] ?? '',
    jobsUrl: envs.auth['JOBS_URL'] ?? '',
    facts: { dataFolder: folder.path, engine: converter.engine },
  });

  const stop = async (): Promise<void> => {
    await gateway.stop();
    await Promise.all([converter.stop(), notification.stop()]);
    await auth.stop();
    folder.close();
  };
  return { name: 'suite', url: gateway.url, stop };
}

if (import.meta.main) {
  // Started by a parent with an IPC channel: when the parent dies, there is nobody left to stop us.
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  await runService(start, process);
}

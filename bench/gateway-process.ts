import { join } from 'node:path';
import { Client } from '../e2e/support/client.ts';
import { startService, type ServiceProcess } from '../e2e/support/service-process.ts';
import { adminEmail, adminPassword } from '../e2e/support/suite-process.ts';

export interface GatewayUnderTest {
  client: Client;
  gateway: { pid: number };
  stop: () => Promise<void>;
}

/** Auth and gateway as two processes on a fresh folder, so that the gateway can be measured by itself. */
export async function startGateway(
  folder: string,
  changes: Record<string, string> = {},
): Promise<GatewayUnderTest & { authUrl: string }> {
  const env = {
    USERS_URL: `sqlite:${join(folder, 'users.db')}`,
    JOBS_URL: `sqlite:${join(folder, 'jobs.db')}`,
    FILES_URL: `file:${join(folder, 'store')}`,
    QUEUE_URL: `sqlite:${join(folder, 'queue.db')}`,
    JWT_SECRET: 'a secret that is only ever used by this benchmark',
    ADMIN_EMAIL: adminEmail,
    ADMIN_PASSWORD: adminPassword,
    BCRYPT_COST: '10',
    PORT: '0',
    ...changes,
  };
  const listening = /"url":"(http:[^"]+)"/;
  const auth = startService('auth', env);
  const authUrl = await urlOf(auth, listening);
  const gateway = startService('gateway', { ...env, AUTH_URL: authUrl });
  const stop = async (): Promise<void> => {
    await gateway.stop();
    await auth.stop();
  };
  const url = await urlOf(gateway, listening);
  const client = await Client.login(url, adminEmail, adminPassword).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { client, gateway, authUrl, stop };
}

/** Services log to standard error; the line of their start has the address. */
export async function urlOf(service: ServiceProcess, pattern: RegExp): Promise<string> {
  for (;;) {
    const url = pattern.exec(service.output().stderr)?.[1];
    if (url !== undefined) return url;
    await Promise.race([
      new Promise((resolve) => service.child.stderr?.once('data', resolve)),
      service.exited.then(() => {
        throw new Error(service.output().stderr);
      }),
    ]);
  }
}

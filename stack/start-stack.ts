import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@clipscribe/private-servers';
import type { Env } from '@clipscribe/runtime';
import type { DataFolder } from '@clipscribe/suite/local';
import { startMailSink } from './mail-sink.ts';
import { prepareUsers } from './prepare-users.ts';
import { startServers, stopServers, type Servers } from './servers.ts';
import { serviceEnvs, type BackingUrls, type StackPorts } from './service-envs.ts';
import { serviceProcesses, startServices, stopServices, type ServiceProcesses } from './service-processes.ts';

export interface BackingServers {
  servers: Servers;
  urls: BackingUrls;
  /** Folder with one .eml file for every mail that came. */
  outbox: string;
  stop: () => Promise<void>;
}

export interface Stack extends BackingServers {
  /** Where the gateway answers. */
  url: string;
  services: ServiceProcesses;
}

/** Starts MariaDB, RabbitMQ, MongoDB and a mail sink, with everything that they keep in `folder`. @throws StartError */
export async function startBacking(folder: DataFolder): Promise<BackingServers> {
  const servers = await startServers(folder.path);
  try {
    const usersUrl = prepareUsers(servers.mariadb.url, folder.secret('users-password'));
    const outbox = join(folder.path, 'outbox');
    const mailPort = await freePort();
    const sink = await startMailSink(outbox, mailPort);
    const { mongodb, rabbitmq } = servers;
    const urls = {
      USERS_URL: usersUrl,
      JOBS_URL: withDatabase(mongodb.url),
      FILES_URL: withDatabase(mongodb.url),
      QUEUE_URL: rabbitmq.url,
      MAIL_URL: `smtp://127.0.0.1:${String(mailPort)}`,
    };
    const stop = async (): Promise<void> => {
      await sink.stop();
      await stopServers(servers);
    };
    return { servers, urls, outbox, stop };
  } catch (error) {
    await stopServers(servers);
    throw error;
  }
}

function withDatabase(serverUrl: string): string {
  const url = new URL(serverUrl);
  url.pathname = '/clipscribe';
  return url.href;
}

/**
 * Starts the four services as four processes on these servers.
 * @param env the operator's variables; what says where things are is ours to say
 * @param admin the first administrator
 */
export async function startOn(
  backing: BackingServers,
  folder: DataFolder,
  options: { env: Env; gatewayPort?: number; admin: { email: string; password: string } },
): Promise<Stack> {
  const ports = await choosePorts(options.gatewayPort);
  const secrets = {
    jwt: folder.secret('jwt-secret'),
    adminEmail: options.admin.email,
    adminPassword: options.admin.password,
  };
  const envs = serviceEnvs(folder.path, backing.urls, ports, secrets);
  const services = serviceProcesses(folder.path, options.env, envs, ports);
  writeEnvFile(folder, backing.urls);
  try {
    await startServices(services);
  } catch (error) {
    await stopServices(services);
    throw error;
  }
  const stop = async (): Promise<void> => {
    await stopServices(services);
    await backing.stop();
  };
  return { ...backing, url: `http://127.0.0.1:${String(ports.gateway)}`, services, stop };
}

async function choosePorts(gatewayPort: number | undefined): Promise<StackPorts> {
  return {
    gateway: gatewayPort ?? (await freePort()),
    auth: await freePort(),
    metrics: {
      auth: await freePort(),
      gateway: await freePort(),
      converter: await freePort(),
      notification: await freePort(),
    },
  };
}

/** For `npm run admin -- --env-file …`, and for services that are started by hand. */
function writeEnvFile(folder: DataFolder, urls: BackingUrls): void {
  const lines = Object.entries(urls).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(folder.path, 'stack.env'), lines.join(''), { mode: 0o600 });
}

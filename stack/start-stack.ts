import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, type ServerProcess } from '@clipscribe/private-servers';
import type { Env } from '@clipscribe/runtime';
import type { DataFolder } from '@clipscribe/suite/local';
import { startMailSink } from './mail-sink.ts';
import { prepareUsers } from './prepare-users.ts';
import { startServers, stopServers, type Servers } from './servers.ts';
import { serviceEnvs, type BackingUrls, type ServiceName, type StackPorts } from './service-envs.ts';
import {
  serviceProcess,
  serviceProcesses,
  startServices,
  stopServices,
  type ServiceProcesses,
} from './service-processes.ts';

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
  /** One more process of a service, as `kubectl scale` would start it; not started yet, and its starter's to stop. */
  replica: (service: ServiceName, label: string) => Promise<Replica>;
}

export interface Replica {
  process: ServerProcess;
  /** Where it answers, if it is a gateway or an auth. */
  url: string;
}

/**
 * Starts MariaDB, RabbitMQ, MongoDB and a mail sink, with everything that they keep in `folder`.
 * @param options `mailUrl`: where the mails go instead, such as to a sink in a process of its own
 * @throws StartError
 */
export async function startBacking(
  folder: DataFolder,
  options: { mailUrl?: string } = {},
): Promise<BackingServers> {
  const servers = await startServers(folder.path);
  try {
    const usersUrl = prepareUsers(servers.mariadb.url, folder.secret('users-password'));
    const outbox = join(folder.path, 'outbox');
    const mail = await startMail(outbox, options.mailUrl);
    const { mongodb, rabbitmq } = servers;
    const urls = {
      USERS_URL: usersUrl,
      JOBS_URL: withDatabase(mongodb.url),
      OWNERS_URL: withDatabase(mongodb.url),
      FILES_URL: withDatabase(mongodb.url),
      QUEUE_URL: rabbitmq.url,
      MAIL_URL: mail.url,
    };
    const stop = async (): Promise<void> => {
      await mail.stop();
      await stopServers(servers);
    };
    return { servers, urls, outbox, stop };
  } catch (error) {
    await stopServers(servers);
    throw error;
  }
}

async function startMail(
  outbox: string,
  given: string | undefined,
): Promise<{ url: string; stop: () => Promise<void> }> {
  if (given !== undefined) return { url: given, stop: () => Promise.resolve() };
  const port = await freePort();
  const { stop } = await startMailSink(outbox, port);
  return { url: `smtp://127.0.0.1:${String(port)}`, stop };
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
 * @param nodeArgs more arguments for Node, before those of the services
 */
export async function startOn(
  backing: BackingServers,
  folder: DataFolder,
  options: {
    env: Env;
    gatewayPort?: number;
    admin: { email: string; password: string };
    nodeArgs?: readonly string[];
  },
): Promise<Stack> {
  const ports = await choosePorts(options.gatewayPort);
  const secrets = {
    jwt: folder.secret('jwt-secret'),
    adminEmail: options.admin.email,
    adminPassword: options.admin.password,
  };
  const envs = serviceEnvs(folder.path, backing.urls, ports, secrets);
  const { env: given, nodeArgs = [] } = options;
  const processOptions = { folder: folder.path, given, nodeArgs };
  const services = serviceProcesses(processOptions, envs, ports);
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
  const replica = async (service: ServiceName, label: string): Promise<Replica> => {
    const [port, metricsPort] = [await freePort(), await freePort()];
    const env = { ...envs[service], PORT: String(port), METRICS_PORT: String(metricsPort) };
    const made = serviceProcess(processOptions, service, { env, port: metricsPort, label });
    return { process: made, url: localUrl(port) };
  };
  return { ...backing, url: localUrl(ports.gateway), services, replica, stop };
}

function localUrl(port: number): string {
  return `http://127.0.0.1:${String(port)}`;
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

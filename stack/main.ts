import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  logLevels,
  readConfig,
  runService,
  variable,
  type Env,
  type RunningService,
} from '@clipscribe/runtime';
import { DataFolder, firstPassword, welcome } from '@clipscribe/suite/local';
import { z } from 'zod';
import { services } from './service-envs.ts';
import { startBacking, startOn, type Stack } from './start-stack.ts';

const RESTART_DELAY_MS = 1000;

const shape = {
  DATA_DIR: z.string().default('data'),
  PORT: variable.port(8080),
  LOG_LEVEL: variable.oneOf(logLevels).default('info'),
  SAMPLE: variable.flag(true),
  ADMIN_EMAIL: z.string().default('admin@clipscribe.local'),
};

/** Starts the servers and the services; what ends before its time is started again. @throws ConfigError, StartError */
async function start(given: Env): Promise<RunningService> {
  const config = readConfig(given, shape);
  const folder = DataFolder.open(join(config.DATA_DIR, 'stack'));
  say('starting MariaDB, RabbitMQ and MongoDB …');
  const backing = await startBacking(folder);
  const password = await firstPassword(folder, { ...given, USERS_URL: backing.urls.USERS_URL });
  say('starting auth, gateway, converter and notification …');
  const admin = { email: config.ADMIN_EMAIL, password: password.value };
  const stack = await startOn(backing, folder, { env: given, gatewayPort: config.PORT, admin });
  const stopping = new AbortController();
  keepRunning(stack, stopping.signal);
  void welcome({
    url: stack.url,
    adminEmail: admin.email,
    password,
    wantsSample: config.SAMPLE,
    usersUrl: backing.urls.USERS_URL,
    jobsUrl: backing.urls.JOBS_URL,
    facts: { dataFolder: folder.path, engine: engineOf(folder.path) },
  }).then(() => {
    say(details(stack, folder.path));
  });
  const stop = async (): Promise<void> => {
    stopping.abort();
    await stack.stop();
    folder.close();
  };
  return { name: 'stack', stop };
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

interface Restartable {
  name: string;
  ended: () => Promise<unknown>;
  restart: () => Promise<void>;
}

/** As Kubernetes would: whatever ends is started again after a moment. */
function keepRunning({ servers, services: processes }: Stack, stopping: AbortSignal): void {
  const { mariadb, rabbitmq, mongodb } = servers;
  const all: Restartable[] = [
    ...[mariadb, rabbitmq, mongodb].map(({ kind, ended, restart }) => ({ name: kind, ended, restart })),
    ...services.map((name) => ({
      name,
      ended: () => processes[name].ended(),
      restart: () => processes[name].start(),
    })),
  ];
  for (const one of all) void restartWhenEnded(one, stopping);
}

async function restartWhenEnded(one: Restartable, stopping: AbortSignal): Promise<void> {
  const isStopping = (): boolean => stopping.aborted;
  for (;;) {
    await one.ended();
    if (isStopping()) return;
    say(`${one.name} has ended; it is started again`);
    await delay(RESTART_DELAY_MS);
    if (isStopping()) return;
    await one.restart().catch((error: unknown) => {
      say(error instanceof Error ? error.message : String(error));
    });
  }
}

/** The converter has said in its log which speech engine it found. */
function engineOf(folder: string): string | null {
  const log = readFileSync(join(folder, 'logs', 'converter.log'), 'utf8');
  const engine = [...log.matchAll(/"engine":"([a-z]+)"/g)].at(-1)?.[1];
  return engine === undefined || engine === 'none' ? null : engine;
}

function details({ servers, services: processes }: Stack, folder: string): string {
  const path = (...names: string[]): string => relative(process.cwd(), join(folder, ...names));
  const pids = [
    ...Object.entries(servers).map(([name, { pid }]: [string, { pid: number }]) => `${name} ${String(pid)}`),
    ...services.map((name) => `${name} ${String(processes[name].pid)}`),
  ];
  return [
    `processes      ${pids.join(', ')}`,
    `logs           ${path('logs')}, ${path('*', 'server.log')}`,
    `addresses      ${path('stack.env')} (with passwords)`,
    `queues         ${path('rabbitmq', 'rabbitmqctl')} list_queues name messages`,
    `administration npm run admin -- --env-file ${path('stack.env')} users list`,
    '',
  ].join('\n');
}

if (import.meta.main) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  await runService(start, process);
}

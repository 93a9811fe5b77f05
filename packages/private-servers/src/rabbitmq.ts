import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StartError } from '@clipscribe/runtime';
import { freePort } from './free-port.ts';
import { keptIn, type Kept } from './kept.ts';
import type { PrivateServer } from './private-server.ts';
import { findProgram } from './programs.ts';
import { ServerProcess } from './server-process.ts';

const run = promisify(execFile);
const USER = 'clipscribe';
const NODE = 'clipscribe@localhost';

/** Debian's /usr/sbin/rabbitmq-server insists on its own user and folders; the script behind it does not. */
const DEBIAN_SCRIPTS = '/usr/lib/rabbitmq/bin';

/** True when RabbitMQ is on this system. */
export function isRabbitmqThere(): boolean {
  return findScript('rabbitmq-server') !== null && findProgram('epmd') !== null;
}

function findScript(name: string): string | null {
  const debian = join(DEBIAN_SCRIPTS, name);
  return existsSync(debian) ? debian : findProgram(name);
}

export interface RabbitmqServer extends PrivateServer {
  /** An executable file that runs `rabbitmqctl` against this server. */
  controlScript: string;
  /** Runs `rabbitmqctl` with these arguments against this server, and returns what it printed. */
  control: (...args: readonly string[]) => Promise<string>;
}

/**
 * Starts a RabbitMQ with its data in `folder`. Its port mapper (epmd) is a private one too.
 * @throws StartError when there is none, or it does not start
 */
export async function startRabbitmq(folder: string): Promise<RabbitmqServer> {
  const [command, epmdCommand] = [findScript('rabbitmq-server'), findProgram('epmd')];
  if (command === null || epmdCommand === null) throw new StartError('rabbitmq-server is not on this system');
  const kept = await keptIn(folder);
  const epmdPort = await freePort();
  const env = await nodeEnvironment(folder, kept, epmdPort);
  const log = join(folder, 'server.log');
  const epmdArgs = ['-address', '127.0.0.1', '-port', String(epmdPort)];
  const epmd = new ServerProcess({
    name: 'epmd',
    command: epmdCommand,
    args: epmdArgs,
    cwd: folder,
    log,
    port: epmdPort,
  });
  const broker = new ServerProcess({
    name: 'RabbitMQ',
    command,
    args: [],
    env: { ...process.env, ...env },
    cwd: folder,
    log,
    port: kept.port,
  });
  await epmd.start();
  try {
    await broker.start();
  } catch (error) {
    await epmd.stop();
    throw error;
  }
  const controlScript = writeControlScript(folder, env);
  return {
    kind: 'rabbitmq',
    url: `amqp://${USER}:${kept.password}@127.0.0.1:${String(kept.port)}/`,
    get pid() {
      return broker.pid;
    },
    signal: (name) => broker.signal(name),
    restart: () => broker.start(),
    ended: () => broker.ended(),
    stop: async () => {
      await broker.stop();
      await epmd.signal('SIGKILL');
    },
    controlScript,
    control: async (...args) => {
      const { stdout } = await run(controlScript, args);
      return stdout;
    },
  };
}

/** https://www.rabbitmq.com/docs/configure#supported-environment-variables */
async function nodeEnvironment(
  folder: string,
  kept: Kept,
  epmdPort: number,
): Promise<Record<string, string>> {
  return {
    RABBITMQ_NODENAME: NODE,
    RABBITMQ_CONFIG_FILE: writeConfig(folder, kept),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_ENABLED_PLUGINS_FILE: writePlugins(folder),
    RABBITMQ_CONF_ENV_FILE: join(folder, 'none'),
    RABBITMQ_DIST_PORT: String(await freePort()),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    // The script then becomes the server instead of waiting for it, so that signals reach the right process.
    RUNNING_UNDER_SYSTEMD: '1',
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    // Erlang's cookie, the secret between a node and rabbitmqctl, is made in the home folder.
    HOME: folder,
  };
}

function writeConfig(folder: string, { port, password }: Kept): string {
  const path = join(folder, 'rabbitmq.conf');
  const lines = [
    `listeners.tcp.1 = 127.0.0.1:${String(port)}`,
    `default_user = ${USER}`,
    `default_pass = ${password}`,
    'log.file.level = warning',
    // A laptop's disk may be nearly full; the default of the node's memory is for servers of its own.
    'disk_free_limit.absolute = 50MB',
    'vm_memory_high_watermark.absolute = 1GiB',
  ];
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 });
  return path;
}

function writePlugins(folder: string): string {
  const path = join(folder, 'enabled_plugins');
  writeFileSync(path, '[].\n');
  return path;
}

/** People use `rabbitmqctl` too, and it needs to know where the node and its port mapper are. */
function writeControlScript(folder: string, env: Readonly<Record<string, string>>): string {
  const path = join(folder, 'rabbitmqctl');
  const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  const exports = Object.entries(env).map(([name, value]) => `export ${name}=${quote(value)}`);
  const control = quote(findScript('rabbitmqctl') ?? 'rabbitmqctl');
  writeFileSync(path, `#!/bin/sh\n${exports.join('\n')}\nexec ${control} "$@"\n`, { mode: 0o700 });
  return path;
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ServerProcess } from '@clipscribe/private-servers';
import type { Env } from '@clipscribe/runtime';
import { root } from '../scripts/lib/root.mjs';
import { serviceStart } from '../scripts/lib/service-start.mjs';
import { services, type serviceEnvs, type ServiceName, type StackPorts } from './service-envs.ts';

export type ServiceProcesses = Readonly<Record<ServiceName, ServerProcess>>;

/** Variables of ours that would lead a service elsewhere. */
const ours =
  /^(USERS|JOBS|FILES|QUEUE|MAIL|AUTH|PUBLIC)_URL(_FILE)?$|^(METRICS_)?PORT$|^(DATA|TEMP)_DIR$|^NODE_OPTIONS$/;

export interface ProcessOptions {
  /** Folder of the stack; the log goes to `logs/` in it. */
  folder: string;
  /** The operator's variables, such as `TRANSCRIBER`, which every service may read. */
  given: Env;
  /** More arguments for Node, before the service's own. */
  nodeArgs?: readonly string[];
}

/** The four services as processes that are not started yet, as `npm start -w services/…` starts them. */
export function serviceProcesses(
  options: ProcessOptions,
  envs: ReturnType<typeof serviceEnvs>,
  ports: StackPorts,
): ServiceProcesses {
  const make = (name: ServiceName): ServerProcess =>
    serviceProcess(options, name, { env: envs[name], port: ports.metrics[name] });
  return {
    auth: make('auth'),
    gateway: make('gateway'),
    converter: make('converter'),
    notification: make('notification'),
  };
}

/** One process of a service; `label` names its log, and is the service's name unless there are several of it. */
export function serviceProcess(
  { folder, given, nodeArgs = [] }: ProcessOptions,
  service: ServiceName,
  { env, port, label = service }: { env: Readonly<Record<string, string>>; port: number; label?: string },
): ServerProcess {
  const logs = join(folder, 'logs');
  mkdirSync(logs, { recursive: true });
  const inherited = Object.fromEntries(Object.entries(given).filter(([name]) => !ours.test(name)));
  return new ServerProcess({
    name: label,
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', ...nodeArgs, ...serviceStart(root, service)],
    env: { ...inherited, ...env },
    cwd: root,
    log: join(logs, `${label}.log`),
    port,
  });
}

/** Starts them side by side: they wait for each other by themselves. */
export async function startServices(processes: ServiceProcesses): Promise<void> {
  await Promise.all(services.map((name) => processes[name].start()));
}

/** Stops them in the order of the way of a video, so that nothing that is under way is refused. */
export async function stopServices({
  auth,
  gateway,
  converter,
  notification,
}: ServiceProcesses): Promise<void> {
  await gateway.stop();
  await Promise.all([converter.stop(), notification.stop()]);
  await auth.stop();
}

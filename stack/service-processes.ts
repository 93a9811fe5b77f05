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

/**
 * The four services as processes that are not started yet, as `npm start -w services/…` starts them.
 * @param given the operator's variables, such as `TRANSCRIBER`, which every service may read
 */
export function serviceProcesses(
  folder: string,
  given: Env,
  envs: ReturnType<typeof serviceEnvs>,
  ports: StackPorts,
): ServiceProcesses {
  const logs = join(folder, 'logs');
  mkdirSync(logs, { recursive: true });
  const inherited = Object.fromEntries(Object.entries(given).filter(([name]) => !ours.test(name)));
  const make = (name: ServiceName): ServerProcess =>
    new ServerProcess({
      name,
      command: process.execPath,
      args: ['--disable-warning=ExperimentalWarning', ...serviceStart(root, name)],
      env: { ...inherited, ...envs[name] },
      cwd: root,
      log: join(logs, `${name}.log`),
      port: ports.metrics[name],
    });
  return {
    auth: make('auth'),
    gateway: make('gateway'),
    converter: make('converter'),
    notification: make('notification'),
  };
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

import { join } from 'node:path';
import type { Stack } from '../../stack/start-stack.ts';
import { startService, type ServiceProcess } from './service-process.ts';

/** More converters beside the one of the stack, as `kubectl scale` would start them. */
export async function startConverters(
  stack: Stack,
  count: number,
  tempDir: string,
  env: Record<string, string>,
): Promise<ServiceProcess[]> {
  const { JOBS_URL, FILES_URL, QUEUE_URL } = stack.urls;
  const converters = Array.from({ length: count }, (_, index) =>
    startService('converter', {
      JOBS_URL,
      FILES_URL,
      QUEUE_URL,
      TEMP_DIR: join(tempDir, `converter-${String(index)}`),
      ...env,
    }),
  );
  await Promise.all(converters.map(hasStarted));
  return converters;
}

/** Services say on standard error that they are up. */
async function hasStarted(service: ServiceProcess): Promise<void> {
  while (!service.output().stderr.includes('converter started')) {
    const more = new Promise((resolve) => service.child.stderr?.once('data', resolve));
    const ended = service.exited.then(() => {
      throw new Error(service.output().stderr);
    });
    await Promise.race([more, ended]);
  }
}

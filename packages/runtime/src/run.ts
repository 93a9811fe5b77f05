import { ConfigError, type Env } from './config.ts';

/** The service cannot start for a reason the operator can mend; the message is one line. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** A started service, or several of them in one process. */
export interface RunningService {
  name: string;
  stop: () => Promise<void>;
}

/** The part of `process` that running a service needs. */
export interface ServiceProcess {
  env: Env;
  on: (event: 'SIGTERM' | 'SIGINT', listener: () => void) => unknown;
  exit: (code: number) => never;
  stderr: { write: (text: string) => unknown };
}

/**
 * Runs a service until SIGTERM or SIGINT, then stops it in phases; a second signal ends it at once.
 * What the operator can mend is said in one line, with exit code 1.
 */
export async function runService(
  start: (env: Env) => Promise<RunningService>,
  host: ServiceProcess,
): Promise<void> {
  let service: RunningService;
  try {
    service = await start(host.env);
  } catch (error) {
    host.stderr.write(`${startFailure(error)}\n`);
    host.exit(1);
  }
  let signals = 0;
  const onSignal = (): void => {
    signals += 1;
    if (signals > 1) host.exit(130);
    void service.stop().then(() => host.exit(0));
  };
  host.on('SIGTERM', onSignal);
  host.on('SIGINT', onSignal);
}

function startFailure(error: unknown): string {
  if (error instanceof ConfigError) return `clipscribe: configuration: ${error.message}`;
  if (error instanceof StartError) return `clipscribe: ${error.message}`;
  return `clipscribe: cannot start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

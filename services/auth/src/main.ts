import {
  closeServer,
  createLog,
  createMetrics,
  Health,
  listen,
  listenForManagement,
  openTracer,
  runService,
  Shutdown,
  type Env,
  type Log,
  type RunningService,
} from '@clipscribe/runtime';
import { openUserStore } from '@clipscribe/user-store';
import { BcryptHasher } from './adapters/bcrypt-hasher.ts';
import { createAuthApp } from './app.ts';
import { ensureAdmin } from './bootstrap-admin.ts';
import { readAuthConfig, type AuthConfig } from './config.ts';
import { Preparation } from './preparation.ts';
import { Rehash } from './rehash.ts';
import { SignInGuard } from './sign-in-guard.ts';
import { countingKey } from './signing-key.ts';
import { startSweep } from './sweep.ts';
import { Tokens } from './tokens.ts';

/** Answers under way may finish for so long; a hash takes less than a second, its turn may take some. */
const GRACE_MS = 4000;

export interface RunningAuth extends RunningService {
  /** `http://host:port` */
  url: string;
}

/**
 * Starts the auth service, also while its database is away: it is not ready then, and recovers by itself.
 * @throws ConfigError, StartError for what the operator can mend.
 */
export async function start(env: Env): Promise<RunningAuth> {
  const config = readAuthConfig(env);
  const log = createLog('auth', { level: config.logLevel });
  const shutdown = new Shutdown(log);
  try {
    return await startParts(config, log, shutdown);
  } catch (error) {
    await shutdown.stop();
    throw error;
  }
}

async function startParts(config: AuthConfig, log: Log, shutdown: Shutdown): Promise<RunningAuth> {
  const clock = Date.now;
  const metrics = createMetrics('auth');
  // Whoever asks is the gateway, which has decided already what is traced.
  const tracer = await openTracer(config.tracing, { service: 'auth', log, trustsParents: true });
  shutdown.add('connections', 'traces', () => tracer?.close());
  const users = await openUserStore(config.usersUrl);
  shutdown.add('connections', 'user store', () => users.close());
  const hasher = await BcryptHasher.create({ cost: config.bcryptCost });
  const preparation = new Preparation(async () => {
    await users.ping();
    if (config.admin !== undefined) await ensureAdmin({ users, hasher, ...config.admin, clock, log });
  }, log);
  await preparation.start();
  shutdown.add('work', 'preparation', () => preparation.stop());
  shutdown.add('work', 'sweep', startSweep({ users, clock, log }));
  const rehash = new Rehash({ users, hasher, log });
  shutdown.add('work', 'rehash', () => rehash.settled());

  const health = new Health({ users: () => users.ping(), preparation: () => preparation.check() });
  const tokens = new Tokens({ ...config.keys, ttlSeconds: config.ttlSeconds, clock });
  const { registration, limits } = config;
  const guard = new SignInGuard({ users, hasher, key: countingKey(config.keys.current), limits, clock, log });
  const parts = { users, hasher, guard, rehash, tokens };
  const app = createAuthApp({ ...parts, clock, log, metrics, tracer, health, registration });
  if (config.metricsPort !== undefined) {
    const address = { host: config.listen.host, port: config.metricsPort };
    const management = await listenForManagement({ log, metrics, health }, address);
    shutdown.add('connections', 'management', management.close);
  }
  const { server, url } = await listen(app, config.listen);
  shutdown.add('drain', 'readiness', () => {
    health.stopping();
  });
  shutdown.add('intake', 'http server', () => closeServer(server, GRACE_MS));
  log.info({ url }, 'auth is listening');
  return { name: 'auth', url, stop: () => shutdown.stop() };
}

if (import.meta.main) await runService(start, process);

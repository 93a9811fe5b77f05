import { join } from 'node:path';
import { ConfigError, embeddedServices, withDefaults as setDefaults, type Env } from '@clipscribe/runtime';

export interface ServiceEnvs {
  auth: Env;
  gateway: (authUrl: string) => Env;
  converter: Env;
  notification: (gatewayUrl: string) => Env;
}

/**
 * The given environment, with everything that is not set pointing into the data folder.
 * @throws ConfigError for a `…_FILE` that cannot be read
 */
export function withDefaults(given: Env, folder: string): Env {
  return setDefaults(given, {
    ...embeddedServices(folder),
    TEMP_DIR: join(folder, 'work'),
    ADMIN_EMAIL: 'admin@clipscribe.local',
    LOG_LEVEL: 'warn',
  });
}

/**
 * The environment of each service when the four share a process. Other than the gateway, nothing listens where
 * it could be in the way.
 */
export function serviceEnvs(common: Env, secrets: { jwt: string; adminPassword: string }): ServiceEnvs {
  const jwt =
    common['JWT_SECRET'] === undefined && common['JWT_SECRET_FILE'] === undefined
      ? { JWT_SECRET: secrets.jwt }
      : {};
  const admin =
    common['ADMIN_PASSWORD'] === undefined && common['ADMIN_PASSWORD_FILE'] === undefined
      ? { ADMIN_PASSWORD: secrets.adminPassword }
      : {};
  return {
    auth: { ...common, ...jwt, ...admin, HOST: '127.0.0.1', PORT: '0', ...metricsPort(common, 1) },
    gateway: (authUrl) => ({ ...common, AUTH_URL: authUrl, ...metricsPort(common, 0) }),
    converter: { ...common, ...metricsPort(common, 2) },
    notification: (gatewayUrl) => ({ PUBLIC_URL: gatewayUrl, ...common, ...metricsPort(common, 3) }),
  };
}

/** Each service has metrics of its own: from `METRICS_PORT` upwards, one port each. */
function metricsPort(env: Env, offset: number): Env {
  const first = env['METRICS_PORT'];
  if (first === undefined) return {};
  const port = Number(first);
  if (!Number.isInteger(port) || port < 0 || port > 65532)
    throw new ConfigError('METRICS_PORT must be a port number');
  return { METRICS_PORT: String(port === 0 ? 0 : port + offset) };
}

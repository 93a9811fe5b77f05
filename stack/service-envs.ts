import { join } from 'node:path';

export const services = ['auth', 'gateway', 'converter', 'notification'] as const;
export type ServiceName = (typeof services)[number];

/** Where the backing servers are, under the names of the variables that say so. */
export type BackingUrls = Readonly<
  Record<'USERS_URL' | 'JOBS_URL' | 'OWNERS_URL' | 'FILES_URL' | 'QUEUE_URL' | 'MAIL_URL', string>
>;

export interface StackPorts {
  gateway: number;
  auth: number;
  /** Management ports: metrics and health. */
  metrics: Readonly<Record<ServiceName, number>>;
}

export interface StackSecrets {
  jwt: string;
  adminEmail: string;
  adminPassword: string;
}

type ServiceEnv = Readonly<Record<string, string>>;

/** Each service gets what it needs and nothing else: only auth knows the users' database and the signing key. */
export function serviceEnvs(
  folder: string,
  backing: BackingUrls,
  ports: StackPorts,
  secrets: StackSecrets,
): Record<ServiceName, ServiceEnv> {
  const { USERS_URL, JOBS_URL, OWNERS_URL, FILES_URL, QUEUE_URL, MAIL_URL } = backing;
  const metrics = (name: ServiceName): ServiceEnv => ({ METRICS_PORT: String(ports.metrics[name]) });
  const local = (port: number): string => `http://127.0.0.1:${String(port)}`;
  return {
    auth: {
      PORT: String(ports.auth),
      USERS_URL,
      JWT_SECRET: secrets.jwt,
      ADMIN_EMAIL: secrets.adminEmail,
      ADMIN_PASSWORD: secrets.adminPassword,
      ...metrics('auth'),
    },
    gateway: {
      PORT: String(ports.gateway),
      AUTH_URL: local(ports.auth),
      JOBS_URL,
      OWNERS_URL,
      FILES_URL,
      QUEUE_URL,
      ...metrics('gateway'),
    },
    converter: { JOBS_URL, FILES_URL, QUEUE_URL, TEMP_DIR: join(folder, 'work'), ...metrics('converter') },
    notification: {
      JOBS_URL,
      OWNERS_URL,
      QUEUE_URL,
      MAIL_URL,
      PUBLIC_URL: local(ports.gateway),
      ...metrics('notification'),
    },
  };
}

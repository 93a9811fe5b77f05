import { ConfigError, logLevels, readConfig, variable, type Env } from '@clipscribe/runtime';
import { z } from 'zod';
import { newEmailSchema } from './emails.ts';
import { passwordWeakness } from './passwords.ts';
import type { SigningKey } from './tokens.ts';

/** HS256 needs a key as long as its hash (RFC 7518, section 3.2). */
const SECRET_BYTES = 32;

const THIRTY_DAYS_SECONDS = 30 * 86_400;

const secret = z.string().refine((value) => Buffer.byteLength(value) >= SECRET_BYTES, {
  error: `must have at least ${SECRET_BYTES} bytes; make one with: openssl rand -base64 48`,
});
const keyId = z
  .string()
  .regex(/^[\w.-]{1,64}$/, { error: 'must be 1 to 64 letters, digits, dots or dashes' });

const shape = {
  HOST: z.string().default('127.0.0.1'),
  PORT: variable.port(8081),
  METRICS_PORT: variable.port(0).unwrap().optional(),
  USERS_URL: z.string().default('sqlite:data/users.db'),
  JWT_SECRET: secret,
  JWT_KEY_ID: keyId.default('k1'),
  JWT_PREVIOUS_SECRET: secret.optional(),
  JWT_PREVIOUS_KEY_ID: keyId.optional(),
  TOKEN_TTL_SECONDS: variable.integer(86_400, 1, THIRTY_DAYS_SECONDS),
  REGISTRATION: variable.oneOf(['open', 'closed']).default('closed'),
  // 12 is 2^12 rounds; below 10 guessing is cheap, above 15 signing in takes seconds.
  BCRYPT_COST: variable.integer(12, 10, 15),
  ADMIN_EMAIL: newEmailSchema.optional(),
  ADMIN_PASSWORD: z.string().optional(),
  LOG_LEVEL: variable.oneOf(logLevels).default('info'),
};

type Variables = z.infer<z.ZodObject<typeof shape>>;

export interface AuthConfig {
  listen: { host: string; port: number };
  /** Absent: no management listener. */
  metricsPort: number | undefined;
  usersUrl: string;
  keys: { current: SigningKey; previous?: SigningKey };
  ttlSeconds: number;
  registration: 'open' | 'closed';
  bcryptCost: number;
  /** The administrator to make when there is none. */
  admin: { email: string; password: string } | undefined;
  logLevel: (typeof logLevels)[number];
}

/** @throws ConfigError naming the first variable that is wrong. */
export function readAuthConfig(env: Env): AuthConfig {
  const variables = readConfig(env, shape);
  return {
    listen: { host: variables.HOST, port: variables.PORT },
    metricsPort: variables.METRICS_PORT,
    usersUrl: variables.USERS_URL,
    keys: signingKeys(variables),
    ttlSeconds: variables.TOKEN_TTL_SECONDS,
    registration: variables.REGISTRATION,
    bcryptCost: variables.BCRYPT_COST,
    admin: administrator(variables),
    logLevel: variables.LOG_LEVEL,
  };
}

function signingKeys(variables: Variables): AuthConfig['keys'] {
  const current = { id: variables.JWT_KEY_ID, secret: variables.JWT_SECRET };
  const previous = bothOrNone(variables, 'JWT_PREVIOUS_KEY_ID', 'JWT_PREVIOUS_SECRET');
  if (previous === undefined) return { current };
  const [id, previousSecret] = previous;
  if (id === current.id) throw new ConfigError('JWT_PREVIOUS_KEY_ID must differ from JWT_KEY_ID');
  return { current, previous: { id, secret: previousSecret } };
}

function administrator(variables: Variables): AuthConfig['admin'] {
  const admin = bothOrNone(variables, 'ADMIN_EMAIL', 'ADMIN_PASSWORD');
  if (admin === undefined) return undefined;
  const [email, password] = admin;
  const weakness = passwordWeakness(password, email);
  if (weakness !== null) throw new ConfigError(`ADMIN_PASSWORD does not meet the rules: ${weakness}`);
  return { email, password };
}

type Pairable = 'JWT_PREVIOUS_KEY_ID' | 'JWT_PREVIOUS_SECRET' | 'ADMIN_EMAIL' | 'ADMIN_PASSWORD';

function bothOrNone(variables: Variables, first: Pairable, second: Pairable): [string, string] | undefined {
  const [one, other] = [variables[first], variables[second]];
  if (one === undefined && other === undefined) return undefined;
  if (one === undefined) throw new ConfigError(`${first} is missing: ${second} is set, and needs it`);
  if (other === undefined) throw new ConfigError(`${second} is missing: ${first} is set, and needs it`);
  return [one, other];
}

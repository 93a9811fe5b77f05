import {
  ConfigError,
  logLevels,
  readConfig,
  tracingConfig,
  tracingShape,
  variable,
  type Env,
  type TracingConfig,
} from '@clipscribe/runtime';
import { z } from 'zod';
import { newEmailSchema } from './emails.ts';
import { passwordWeakness } from './passwords.ts';
import type { SignInLimits } from './sign-in-guard.ts';
import { signingKey, type SigningKey } from './signing-key.ts';

/** HS256 needs a key as long as its hash (RFC 7518, section 3.2). */
const SECRET_BYTES = 32;

/** Random bytes have far more, however they are written down; what was typed or repeated may not. */
const SECRET_CHARACTERS = 8;

const THIRTY_DAYS_SECONDS = 30 * 86_400;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What SECURITY asks for; not to be changed by configuration. */
const FAILURES = { most: 5, windowMs: 15 * MINUTE_MS };

/** Times of so many attempts are stored with each address. */
const MOST_ATTEMPTS = 1000;

const make = 'make one with: openssl rand -base64 48';
const secret = z
  .string()
  .refine((value) => Buffer.byteLength(value) >= SECRET_BYTES, {
    error: `must have at least ${SECRET_BYTES} bytes; ${make}`,
  })
  .refine((value) => new Set(value).size >= SECRET_CHARACTERS, { error: `must be random; ${make}` });

const shape = {
  HOST: z.string().default('127.0.0.1'),
  PORT: variable.port(8081),
  METRICS_PORT: variable.port(0).unwrap().optional(),
  USERS_URL: z.string().default('sqlite:data/users.db'),
  JWT_SECRET: secret,
  JWT_SECRET_PREVIOUS: secret.optional(),
  TOKEN_TTL_SECONDS: variable.integer(86_400, 1, THIRTY_DAYS_SECONDS),
  REGISTRATION: variable.oneOf(['open', 'closed']).default('closed'),
  LOGINS_PER_MINUTE: variable.integer(20, 1, MOST_ATTEMPTS),
  REGISTRATIONS_PER_HOUR: variable.integer(20, 1, MOST_ATTEMPTS),
  // 12 is 2^12 rounds; below 10 guessing is cheap, above 15 signing in takes seconds.
  BCRYPT_COST: variable.integer(12, 10, 15),
  ADMIN_EMAIL: newEmailSchema.optional(),
  ADMIN_PASSWORD: z.string().optional(),
  ...tracingShape,
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
  limits: SignInLimits;
  bcryptCost: number;
  /** The administrator to make when there is none. */
  admin: { email: string; password: string } | undefined;
  /** Absent: nothing is traced. */
  tracing: TracingConfig | undefined;
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
    limits: {
      fromNetwork: { most: variables.LOGINS_PER_MINUTE, windowMs: MINUTE_MS },
      failures: FAILURES,
      registrations: { most: variables.REGISTRATIONS_PER_HOUR, windowMs: HOUR_MS },
    },
    bcryptCost: variables.BCRYPT_COST,
    admin: administrator(variables),
    tracing: tracingConfig(variables),
    logLevel: variables.LOG_LEVEL,
  };
}

function signingKeys(variables: Variables): AuthConfig['keys'] {
  const { JWT_SECRET, JWT_SECRET_PREVIOUS } = variables;
  const current = signingKey(JWT_SECRET);
  if (JWT_SECRET_PREVIOUS === undefined) return { current };
  if (JWT_SECRET_PREVIOUS === JWT_SECRET)
    throw new ConfigError('JWT_SECRET_PREVIOUS must differ from JWT_SECRET');
  return { current, previous: signingKey(JWT_SECRET_PREVIOUS) };
}

function administrator(variables: Variables): AuthConfig['admin'] {
  const admin = bothOrNone(variables, 'ADMIN_EMAIL', 'ADMIN_PASSWORD');
  if (admin === undefined) return undefined;
  const [email, password] = admin;
  const weakness = passwordWeakness(password, email);
  if (weakness !== null) throw new ConfigError(`ADMIN_PASSWORD does not meet the rules: ${weakness}`);
  return { email, password };
}

type Pairable = 'ADMIN_EMAIL' | 'ADMIN_PASSWORD';

function bothOrNone(variables: Variables, first: Pairable, second: Pairable): [string, string] | undefined {
  const [one, other] = [variables[first], variables[second]];
  if (one === undefined && other === undefined) return undefined;
  if (one === undefined) throw new ConfigError(`${first} is missing: ${second} is set, and needs it`);
  if (other === undefined) throw new ConfigError(`${second} is missing: ${first} is set, and needs it`);
  return [one, other];
}

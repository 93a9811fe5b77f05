import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import {
  DATA_FOLDER,
  embeddedServices,
  readConfig,
  readVariable,
  variable,
  withDefaults,
  type Env,
} from '@clipscribe/runtime';
import { z } from 'zod';
import { CommandFailed } from './errors.ts';

const shape = {
  USERS_URL: z.string(),
  JOBS_URL: z.string(),
  QUEUE_URL: z.string(),
  // As auth has it: a password set here is to be as hard to guess as one set there.
  BCRYPT_COST: variable.integer(12, 10, 15),
};

export interface AdminConfig {
  usersUrl: string;
  jobsUrl: string;
  queueUrl: string;
  bcryptCost: number;
}

/**
 * Where the backing services are: by the environment, then by the file, then the embedded ones in `DATA_DIR`,
 * as `npm start` has them.
 * @throws ConfigError naming the variable that is wrong; CommandFailed when the file cannot be read
 */
export function readAdminConfig(env: Env, envFile?: string): AdminConfig {
  const given = envFile === undefined ? env : withFile(env, envFile);
  const folder = readVariable(given, 'DATA_DIR') ?? DATA_FOLDER;
  const variables = readConfig(withDefaults(given, embeddedServices(folder)), shape);
  return {
    usersUrl: variables.USERS_URL,
    jobsUrl: variables.JOBS_URL,
    queueUrl: variables.QUEUE_URL,
    bcryptCost: variables.BCRYPT_COST,
  };
}

/** The environment wins, as it does with `node --env-file`; `X` and `X_FILE` are two forms of one variable. */
function withFile(env: Env, path: string): Env {
  const entries = Object.entries(parseEnv(readText(path)));
  const isSet = (name: string): boolean => (env[name] ?? '') !== '';
  const added = entries.filter(([name]) => {
    const plain = name.replace(/_FILE$/, '');
    return !isSet(plain) && !isSet(`${plain}_FILE`);
  });
  return { ...env, ...Object.fromEntries(added) };
}

/** @throws CommandFailed */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandFailed(`cannot read ${path}`, { cause: error });
  }
}

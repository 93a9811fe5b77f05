import { readFileSync } from 'node:fs';
import { z } from 'zod';

export type Env = Readonly<Record<string, string | undefined>>;

/** The operator has set something that cannot work. The message is one line and names the variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads and validates the variables that `shape` names. A variable `X` may also come from the file named by
 * `X_FILE`, which is how secrets are mounted. Empty values count as unset.
 * @throws ConfigError naming the first variable that is wrong.
 */
export function readConfig<S extends z.ZodRawShape>(env: Env, shape: S): z.infer<z.ZodObject<S>> {
  const values: Record<string, string> = {};
  for (const name of Object.keys(shape)) {
    const value = readVariable(env, name);
    if (value !== undefined) values[name] = value;
  }
  const parsed = z.object(shape).safeParse(values);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const name = String(issue?.path[0]);
  const what = values[name] === undefined ? 'is missing' : (issue?.message ?? 'is not valid');
  throw new ConfigError(`${name} ${what}`, { cause: parsed.error });
}

/** One variable, from `name` or else from the file that `name_FILE` names; undefined when it is empty or not set. @throws ConfigError */
export function readVariable(env: Env, name: string): string | undefined {
  const direct = env[name];
  if (direct !== undefined && direct !== '') return direct;
  const path = env[`${name}_FILE`];
  if (path === undefined || path === '') return undefined;
  try {
    return readFileSync(path, 'utf8').trimEnd();
  } catch (error) {
    const shown = path.replace(/\p{Cc}/gu, '?');
    throw new ConfigError(`${name}_FILE names a file that cannot be read: ${shown}`, { cause: error });
  }
}

/** A number as people write it; what JavaScript takes for one as well, such as a blank for 0, is a mistake here. */
function digits(error: string): z.ZodPipe<z.ZodString, z.ZodTransform<number, string>> {
  return z
    .string()
    .regex(/^\s*-?\d+\s*$/, { error })
    .transform(Number);
}

/** Pieces that configuration schemas are made of; each message completes "VARIABLE …". */
export const variable = {
  /** 0 asks the system for any free port. */
  port: (fallback: number) =>
    digits('must be a port number')
      .pipe(
        z
          .number()
          .min(0, { error: 'must be a port number from 0 to 65535' })
          .max(65535, { error: 'must be a port number from 0 to 65535' }),
      )
      .default(fallback),
  integer: (fallback: number, min: number, max: number) =>
    digits('must be a whole number')
      .pipe(
        z
          .number()
          .min(min, { error: `must be at least ${String(min)}` })
          .max(max, { error: `must be at most ${String(max)}` }),
      )
      .default(fallback),
  flag: (fallback: boolean) =>
    z
      .enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'], { error: 'must be true or false' })
      .transform((value) => ['true', '1', 'yes', 'on'].includes(value))
      .default(fallback),
  oneOf: <const T extends readonly [string, ...string[]]>(choices: T) =>
    z.enum(choices, { error: `must be one of ${choices.join(', ')}` }),
  /** A URL with one of the given schemes, such as `sqlite:data/jobs.db`. */
  url: (...schemes: string[]) =>
    z.string().refine((value) => schemes.some((scheme) => value.startsWith(`${scheme}:`)), {
      error: `must begin with ${schemes.map((scheme) => `${scheme}:`).join(' or ')}`,
    }),
  /** Bytes, optionally with a unit: `500MB`, `2GB`, `10GiB`. */
  bytes: (fallback: number) =>
    z
      .string()
      .transform((value, context) => {
        const bytes = parseBytes(value);
        if (bytes !== null) return bytes;
        context.addIssue({ code: 'custom', message: 'must be a size such as 500MB or 2GiB' });
        return z.NEVER;
      })
      .default(fallback),
  /** A number of these units that nothing need exceed, or null when it is `unlimited`, the default. */
  limit: (unit: string) =>
    z
      .string()
      .transform((value, context) => {
        if (value.trim() === 'unlimited') return null;
        const limit = /^\d+$/.test(value.trim()) ? Number(value) : Number.NaN;
        if (Number.isSafeInteger(limit) && limit > 0) return limit;
        context.addIssue({ code: 'custom', message: `must be a number of ${unit} from 1, or unlimited` });
        return z.NEVER;
      })
      .prefault('unlimited'),
  /** As `bytes`, or null when it is `unlimited`, the default. */
  byteLimit: () =>
    z
      .string()
      .transform((value, context) => {
        if (value.trim() === 'unlimited') return null;
        const bytes = parseBytes(value);
        if (bytes !== null) return bytes;
        context.addIssue({ code: 'custom', message: 'must be a size such as 500MB or 2GiB, or unlimited' });
        return z.NEVER;
      })
      .prefault('unlimited'),
  /** Milliseconds from a time such as `30d`, `12h`, `90m` or `45s`, or null when it is `forever`, the default. */
  duration: () =>
    z
      .string()
      .transform((value, context) => {
        if (value.trim() === 'forever') return null;
        const match = /^(\d+)\s*([smhdw])$/.exec(value.trim());
        const ms = Number(match?.[1]) * (timeUnits[match?.[2] ?? ''] ?? Number.NaN);
        if (ms > 0 && ms <= MAX_DURATION_MS) return ms;
        context.addIssue({ code: 'custom', message: 'must be a time such as 30d or 12h, or forever' });
        return z.NEVER;
      })
      .prefault('forever'),
};

/** Some 300 years: more would lead out of what dates can say. */
const MAX_DURATION_MS = 1e13;

const timeUnits: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 24 * 3_600_000,
  w: 7 * 24 * 3_600_000,
};

/** Null for what is no size, and for none at all. */
function parseBytes(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(B|[kKMGT]i?B)?$/.exec(text.trim());
  const unit = byteUnits[(match?.[2] ?? 'B').toUpperCase()];
  const bytes = Math.round(Number(match?.[1]) * (unit ?? Number.NaN));
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : null;
}

const byteUnits: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/** The path in `sqlite:path` or `file:path`; both take a plain path, relative to the working directory. */
export function urlPath(url: string): string {
  const path = url.slice(url.indexOf(':') + 1);
  return path.startsWith('//') ? path.slice(2) : path;
}

/** The scheme of a backing-service URL, which chooses the adapter. */
export function urlScheme(url: string): string {
  return url.slice(0, url.indexOf(':'));
}

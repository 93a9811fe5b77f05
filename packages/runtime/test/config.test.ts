import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ConfigError, readConfig, urlPath, urlScheme, variable } from '../src/index.ts';

const shape = {
  PORT: variable.port(8080),
  SECRET: z.string().min(8, { error: 'must have at least 8 characters' }),
  LIMIT: variable.bytes(1000),
  OPEN: variable.flag(false),
};

function errorOf(env: Record<string, string>): Error {
  try {
    readConfig(env, shape);
  } catch (error) {
    if (error instanceof ConfigError) return error;
  }
  throw new Error('no ConfigError was thrown');
}

describe('readConfig', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-config-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('gives defaults for what is not set or empty', () => {
    const expected = { PORT: 8080, SECRET: 'long enough', LIMIT: 1000, OPEN: false };
    expect(readConfig({ SECRET: 'long enough', PORT: '' }, shape)).toEqual(expected);
  });

  it.each([
    [{ SECRET: 'long enough', PORT: 'eighty' }, 'PORT must be a port number'],
    [{ SECRET: 'long enough', PORT: '70000' }, 'PORT must be a port number from 0 to 65535'],
    [{ SECRET: 'short' }, 'SECRET must have at least 8 characters'],
    [{}, 'SECRET is missing'],
    [{ SECRET: 'long enough', LIMIT: 'lots' }, 'LIMIT must be a size such as 500MB or 2GiB'],
    [{ SECRET: 'long enough', LIMIT: '-1' }, 'LIMIT must be a size such as 500MB or 2GiB'],
    [{ SECRET: 'long enough', OPEN: 'perhaps' }, 'OPEN must be true or false'],
  ])('names the variable that is wrong: %j', (env, message) => {
    expect(errorOf(env)).toMatchObject({ name: 'ConfigError', message });
  });

  it.each([
    ['500', 500],
    ['2kB', 2000],
    ['1.5MB', 1_500_000],
    ['10 GB', 10_000_000_000],
    ['1GiB', 2 ** 30],
  ])('reads the size %s', (text, bytes) => {
    expect(readConfig({ SECRET: 'long enough', LIMIT: text }, shape).LIMIT).toBe(bytes);
  });

  it('reads a secret from the file that NAME_FILE names, without the line end', async () => {
    await writeFile(join(folder, 'secret'), 'kept in a file\n');
    expect(readConfig({ SECRET_FILE: join(folder, 'secret') }, shape).SECRET).toBe('kept in a file');
    const both = { SECRET_FILE: join(folder, 'secret'), SECRET: 'given directly' };
    expect(readConfig(both, shape).SECRET).toBe('given directly');
    expect(() => readConfig({ SECRET_FILE: join(folder, 'none') }, shape)).toThrow(
      /SECRET_FILE names a file/,
    );
  });

  it('never repeats a value, which may be a secret', () => {
    expect(errorOf({ SECRET: 'hunter2' }).message).not.toContain('hunter2');
  });
});

describe('backing-service URLs', () => {
  it.each([
    ['sqlite:data/jobs.db', 'sqlite', 'data/jobs.db'],
    ['file:/srv/store', 'file', '/srv/store'],
    ['file:///srv/store', 'file', '/srv/store'],
  ])('%s', (url, scheme, path) => {
    expect(urlScheme(url)).toBe(scheme);
    expect(urlPath(url)).toBe(path);
  });
});

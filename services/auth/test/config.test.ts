import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@clipscribe/runtime';
import { readAuthConfig } from '../src/config.ts';
import { signingKey } from '../src/signing-key.ts';

const secret = 'exactly 32 bytes, and no fewer!!';
const previous = 'the secret of the time before this';
const admin = { ADMIN_EMAIL: 'Root@example.org', ADMIN_PASSWORD: 'purple teapot orbits' };

describe('readAuthConfig', () => {
  it('needs nothing but a secret', () => {
    expect(readAuthConfig({ JWT_SECRET: secret })).toEqual({
      listen: { host: '127.0.0.1', port: 8081 },
      metricsPort: undefined,
      usersUrl: 'sqlite:data/users.db',
      keys: { current: { id: expect.stringMatching(/^[\w-]{16}$/), secret } },
      limits: {
        fromNetwork: { most: 20, windowMs: 60_000 },
        failures: { most: 5, windowMs: 900_000 },
        registrations: { most: 20, windowMs: 3_600_000 },
      },
      ttlSeconds: 86_400,
      registration: 'closed',
      bcryptCost: 12,
      admin: undefined,
      logLevel: 'info',
    });
  });

  it('takes everything', () => {
    const config = readAuthConfig({
      ...{
        HOST: '0.0.0.0',
        PORT: '0',
        METRICS_PORT: '9091',
        USERS_URL: 'sqlite:/x.db',
        JWT_SECRET: secret,
        JWT_SECRET_PREVIOUS: previous,
      },
      ...{
        TOKEN_TTL_SECONDS: '60',
        REGISTRATION: 'open',
        LOGINS_PER_MINUTE: '100',
        REGISTRATIONS_PER_HOUR: '3',
      },
      ...{ BCRYPT_COST: '10', LOG_LEVEL: 'debug', ...admin },
    });
    expect(config).toEqual({
      listen: { host: '0.0.0.0', port: 0 },
      metricsPort: 9091,
      usersUrl: 'sqlite:/x.db',
      keys: { current: signingKey(secret), previous: signingKey(previous) },
      limits: {
        fromNetwork: { most: 100, windowMs: 60_000 },
        failures: { most: 5, windowMs: 900_000 },
        registrations: { most: 3, windowMs: 3_600_000 },
      },
      ttlSeconds: 60,
      registration: 'open',
      bcryptCost: 10,
      admin: { email: 'root@example.org', password: 'purple teapot orbits' },
      logLevel: 'debug',
    });
  });

  it('reads the secret from a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'auth-config-'));
    try {
      await writeFile(join(folder, 'secret'), `${secret}\n`);
      expect(readAuthConfig({ JWT_SECRET_FILE: join(folder, 'secret') }).keys.current.secret).toBe(secret);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    ['JWT_SECRET', { JWT_SECRET: undefined }],
    ['JWT_SECRET', { JWT_SECRET: secret.slice(1) }],
    ['JWT_SECRET_FILE', { JWT_SECRET: undefined, JWT_SECRET_FILE: '/nowhere/secret' }],
    ['JWT_SECRET', { JWT_SECRET: 's'.repeat(64) }],
    ['JWT_SECRET', { JWT_SECRET: 'abcdefg'.repeat(10) }],
    ['JWT_SECRET_PREVIOUS', { JWT_SECRET_PREVIOUS: 'short' }],
    ['JWT_SECRET_PREVIOUS', { JWT_SECRET_PREVIOUS: secret }],
    ['JWT_SECRET_PREVIOUS_FILE', { JWT_SECRET_PREVIOUS_FILE: '/nowhere/secret' }],
    ['LOGINS_PER_MINUTE', { LOGINS_PER_MINUTE: '0' }],
    ['REGISTRATIONS_PER_HOUR', { REGISTRATIONS_PER_HOUR: '1001' }],
    ['PORT', { PORT: '65536' }],
    ['METRICS_PORT', { METRICS_PORT: 'x' }],
    ['TOKEN_TTL_SECONDS', { TOKEN_TTL_SECONDS: '0' }],
    ['REGISTRATION', { REGISTRATION: 'yes' }],
    ['BCRYPT_COST', { BCRYPT_COST: '9' }],
    ['BCRYPT_COST', { BCRYPT_COST: '16' }],
    ['ADMIN_EMAIL', { ADMIN_PASSWORD: admin.ADMIN_PASSWORD }],
    ['ADMIN_PASSWORD', { ADMIN_EMAIL: admin.ADMIN_EMAIL }],
    ['ADMIN_EMAIL', { ...admin, ADMIN_EMAIL: 'root' }],
    ['ADMIN_PASSWORD', { ...admin, ADMIN_PASSWORD: 'short' }],
    ['ADMIN_PASSWORD', { ...admin, ADMIN_PASSWORD: 'the root of trees' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
  ])('names %s in %j', (name, change) => {
    const read = () => readAuthConfig({ JWT_SECRET: secret, ...change });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(new RegExp(`^${name} `));
  });

  it('does not show a secret in what it says', () => {
    const read = () => readAuthConfig({ JWT_SECRET: 'hunter2' });
    expect(read).toThrow(/^JWT_SECRET must have at least 32 bytes/);
    expect(read).not.toThrow(/hunter2/);
  });
});

import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from '../support/client.ts';
import { startService } from '../support/service-process.ts';
import { adminEmail, startSuite } from '../support/suite-process.ts';

describe('starting and stopping', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-start-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  /** A start that must fail, with one line that says why. */
  async function expectRefusal(env: Record<string, string>, line: RegExp): Promise<void> {
    const suite = startService('suite', {
      SAMPLE: 'off',
      BCRYPT_COST: '10',
      DATA_DIR: join(folder, 'data'),
      PORT: '0',
      ...env,
    });
    expect(await suite.exited).toBe(1);
    const { stderr } = suite.output();
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(line);
  }

  it('refuses a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo; // a TCP server has one
    await expectRefusal({ PORT: String(port) }, new RegExp(`port ${String(port)} is taken`));
    other.close();
  });

  it('refuses a data folder that cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    await expectRefusal({ DATA_DIR: join(folder, 'file', 'data') }, /data folder .* cannot be written/);
  });

  it('refuses broken configuration, naming the variable', async () => {
    await expectRefusal({ PORT: 'eighty' }, /PORT must be a port number/);
    await expectRefusal({ MAX_UPLOAD: 'lots' }, /MAX_UPLOAD must be a size/);
    await expectRefusal({ TRANSCRIBER: 'whisper' }, /TRANSCRIBER must be one of/);
    await expectRefusal({ JWT_SECRET: 'short' }, /JWT_SECRET/);
    await expectRefusal({ JOBS_URL: 'redis://localhost' }, /JOBS_URL/);
    await expectRefusal({ MAIL_URL: 'pigeon://coop' }, /MAIL_URL/);
  });

  it('refuses a folder that another one uses, and stops cleanly at Ctrl-C', async () => {
    const first = await startSuite(join(folder, 'data'));
    await expectRefusal({}, /in use by another clipscribe/);
    expect(await first.stop('SIGINT')).toBe(0);
    const second = await startSuite(join(folder, 'data'));
    expect(await second.stop('SIGTERM')).toBe(0);
  });

  it('shows the password at the next start when the first one failed', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo; // a TCP server has one
    await expectRefusal({ PORT: String(port) }, /is taken/);
    other.close();

    const env = { SAMPLE: 'off', BCRYPT_COST: '10', DATA_DIR: join(folder, 'data'), PORT: '0' };
    const second = startService('suite', env);
    await second.waitFor(/Ctrl-C stops it/);
    const { stdout } = second.output();
    const password = /password {5}(\S{24}) {3}\(shown only this once\)/.exec(stdout)?.[1] ?? '';
    const url = /clipscribe runs at (\S+)/.exec(stdout)?.[1] ?? '';
    await expect(Client.login(url, adminEmail, password)).resolves.toBeInstanceOf(Client);
    await second.stop('SIGINT');
    expect(await readdir(join(folder, 'data', 'secrets'))).toEqual(['jwt-secret']);
  });

  it('shows a random password once, and converts the sample', async () => {
    const env = { SAMPLE: 'on', ADMIN_PASSWORD: '', DATA_DIR: join(folder, 'data'), PORT: '0' };
    const first = startService('suite', { BCRYPT_COST: '10', ...env });
    await first.waitFor(/Ctrl-C stops it/);
    const { stdout } = first.output();
    expect(stdout).toMatch(/password {5}\S{24} {3}\(shown only this once\)/);
    const fid = /download\?fid=([0-9a-f-]{36})/.exec(stdout)?.[1];
    expect(fid).toBeDefined();
    expect(await first.stop('SIGINT')).toBe(0);

    const second = startService('suite', { BCRYPT_COST: '10', ...env });
    await second.waitFor(/Ctrl-C stops it/);
    expect(second.output().stdout).toContain('the password shown at the first start');
    expect(second.output().stdout).toContain(`download?fid=${fid ?? ''}`);
    await second.stop('SIGINT');
  });
});

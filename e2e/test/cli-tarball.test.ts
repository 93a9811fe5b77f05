import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { npmCommand } from '../../scripts/lib/install-dependencies.mjs';
import { CliUser } from '../support/cli-process.ts';
import { adminEmail, adminPassword, startSuite, type SuiteProcess } from '../support/suite-process.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** The Node that runs npm: an older one than ours on machines whose own Node is older. */
const node = process.env['npm_node_execpath'] ?? process.execPath;

describe('the command line from its tarball', () => {
  let folder: string;
  let suite: SuiteProcess;
  let user: CliUser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-tarball-'));
    suite = await startSuite(join(folder, 'data'), { TRANSCRIBER: 'none' });
    user = await CliUser.create(join(folder, 'ada'), suite.url);
  });
  afterAll(async () => {
    await user.end();
    await suite.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is installed with nothing beside it, and uploads', async () => {
    const make = join(root, 'packages', 'cli', 'scripts', 'make-tarball.mjs');
    const tarball = (await run(process.execPath, [make, folder])).stdout.trim();
    await writeFile(join(user.work, 'package.json'), '{}');
    const [command = 'npm', ...first] = npmCommand();
    await run(command, [...first, 'install', '--no-audit', '--no-fund', tarball], { cwd: user.work });
    const { stdout: packages } = await run('ls', [join(user.work, 'node_modules')]);
    expect(packages.trim()).toBe('clipscribe');
    const env = {
      INSTALLED: `${node} ${join(user.work, 'node_modules', 'clipscribe', 'bin', 'clipscribe.mjs')}`,
    };
    const login = await user.shell(`$INSTALLED login --email ${adminEmail} --password-stdin`, {
      env,
      stdin: adminPassword,
    });
    expect(login).toMatchObject({ code: 0, stderr: '' });
    const sample = join(root, 'samples', 'hello.mp4');
    const upload = await user.shell(`$INSTALLED upload --no-transcript --wait ${sample}`, { env });
    expect(upload).toMatchObject({ code: 0, stdout: expect.stringContaining('hello.mp4: succeeded') });
    const id = /job (\S+)/.exec(upload.stdout)?.[1] ?? '';
    expect((await user.shell(`$INSTALLED download ${id}`, { env })).stdout).toMatch(/^hello\.mp3 /);
    const { stdout: notices } = await run('cat', [
      join(user.work, 'node_modules', 'clipscribe', 'THIRD-PARTY-LICENSES'),
    ]);
    expect(notices).toMatch(/^commander \d/m);
    expect(notices).toMatch(/^zod \d/m);
  });
});

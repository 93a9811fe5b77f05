import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { openAdmin, type AdminUnderTest } from './harness.ts';

describe('the command line', () => {
  let admin: AdminUnderTest;
  beforeEach(async () => {
    admin = await openAdmin();
  });
  afterEach(() => admin.dispose());

  it.each([
    [['bogus'], "unknown command 'bogus'"],
    [['users', 'remove'], "unknown command 'remove'"],
    [['users', 'list', '--wide'], "unknown option '--wide'"],
    [['users', 'list', 'more'], "too many arguments for 'list'. Expected 0 arguments but got 1: more."],
    [['users', 'add'], "missing required argument 'email'"],
    [['users', 'add', 'ada'], 'email must be an e-mail address such as ada@example.org'],
    [
      ['users', 'add', 'ada@example.org', '--password-stdin', '--password-file', 'x'],
      "option '--password-stdin' cannot be used with option '--password-file <file>'",
    ],
    [['dead-letters', 'list', '--queue', 'dead'], '--queue must be one of video, transcribe, mp3, webhook'],
    [['dead-letters', 'list', '--limit', 'all'], '--limit must be a whole number'],
    [['dead-letters', 'list', '--limit', '0'], '--limit must be at least 1'],
    [['dead-letters', 'replay'], 'name dead letters, or give --all'],
    [['dead-letters', 'replay', 'x', '--all'], 'name dead letters, or give --all'],
    [['dead-letters', 'replay', 'x', '--queue', 'mp3'], '--queue goes with --all only'],
    [['dead-letters', 'discard'], "missing required argument 'ids'"],
    [
      ['jobs', 'list', '--state', 'deleted'],
      '--state must be one of queued, converting, transcribing, succeeded, partial, failed, cancelled',
    ],
    [['jobs', 'list', '--cursor', '12'], '--cursor must be the id of a job'],
    [['jobs', 'show'], "missing required argument 'id'"],
    [['jobs', 'retry'], "missing required argument 'ids'"],
  ])('refuses %j with exit code 2, one line and the usage', async (argv, line) => {
    const { code, stdout, stderr } = await admin.run(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const [first, empty, usage] = stderr.split('\n');
    expect(first).toMatch(/^clipscribe: /);
    expect(first?.slice('clipscribe: '.length)).toBe(line);
    expect(empty).toBe('');
    expect(usage).toMatch(/^Usage: npm run admin -- /);
  });

  it.each([[[]], [['users']], [['jobs', '--json']]])(
    'names the commands when none is given: %j',
    async (argv) => {
      const { code, stdout, stderr } = await admin.run(argv);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^Usage: npm run admin -- [^]*\nclipscribe: name one of these commands\n$/);
    },
  );

  it.each([
    ['dead-letters', ['list', 'show', 'replay', 'discard']],
    ['users', ['list', 'add', 'disable', 'enable', 'reset-password']],
    ['jobs', ['list', 'show', 'retry']],
  ])('has help for %s and each of its commands', async (group, names) => {
    const overview = await admin.run([group, '--help']);
    expect(overview.code).toBe(0);
    for (const name of names) {
      expect(overview.stdout).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'));
      const help = await admin.run([group, name, '--help']);
      expect(help).toMatchObject({ code: 0, stderr: '' });
      expect(help.stdout).toContain(`Usage: npm run admin -- ${group} ${name} `);
      expect(help.stdout).toContain('--json');
      expect(help.stdout).toContain('--env-file <file>');
    }
  });

  it('takes the options of all commands before and behind the command', async () => {
    for (const argv of [
      ['--json', 'users', 'list'],
      ['users', '--json', 'list'],
      ['users', 'list', '--json'],
    ])
      expect(JSON.parse((await admin.run(argv)).stdout)).toEqual({ users: [] });
  });
});

describe('where the stores are', () => {
  let admin: AdminUnderTest;
  let other: AdminUnderTest;
  beforeEach(async () => {
    admin = await openAdmin();
    other = await openAdmin();
    await admin.addUser('here@example.org');
    await other.addUser('there@example.org');
  });
  afterEach(async () => {
    await admin.dispose();
    await other.dispose();
  });

  const list = ['users', 'list'];
  const usersThere = (): string => `sqlite:${join(other.folder, 'users.db')}`;

  it('is said by a variable, or by the file that its _FILE names', async () => {
    expect((await admin.run(list)).stdout).toContain('here@example.org');
    expect((await admin.run(list, { env: { USERS_URL: usersThere() } })).stdout).toContain(
      'there@example.org',
    );
    const file = join(admin.folder, 'url');
    await writeFile(file, `${usersThere()}\n`);
    expect((await admin.run(list, { env: { USERS_URL_FILE: file } })).stdout).toContain('there@example.org');
  });

  it('is said by a file of variables, unless the environment says it', async () => {
    const file = join(admin.folder, 'stack.env');
    await writeFile(file, `# written by a program\nDATA_DIR=/nowhere\nUSERS_URL='${usersThere()}'\n`);
    const argv = [...list, '--env-file', file];
    expect((await admin.run(argv)).stdout).toContain('there@example.org');
    const usersHere = `sqlite:${join(admin.folder, 'users.db')}`;
    expect((await admin.run(argv, { env: { USERS_URL: usersHere } })).stdout).toContain('here@example.org');
    const urlFile = join(admin.folder, 'url');
    await writeFile(urlFile, usersHere);
    expect((await admin.run(argv, { env: { USERS_URL_FILE: urlFile } })).stdout).toContain(
      'here@example.org',
    );
  });

  it('may be a data folder that such a file names', async () => {
    const file = join(admin.folder, 'stack.env');
    await writeFile(file, `DATA_DIR=${other.folder}\n`);
    const ended = await admin.run([...list, '--env-file', file], { env: { DATA_DIR: '' } });
    expect(ended.stdout).toContain('there@example.org');
  });

  it('must be right: no database is made by looking for one', async () => {
    const folder = join(admin.folder, 'missing');
    const ended = await admin.run(list, { env: { DATA_DIR: folder } });
    expect(ended).toEqual({
      code: 1,
      stdout: '',
      stderr: `clipscribe: there is no database ${folder}/users.db; start clipscribe once, or name its folder with DATA_DIR=…\n`,
    });
    expect(existsSync(folder)).toBe(false);
  });

  it.each([
    [{ USERS_URL: 'pigeon://coop:secret@loft' }, /^clipscribe: configuration: USERS_URL must /],
    [{ BCRYPT_COST: '4' }, /^clipscribe: configuration: BCRYPT_COST must be at least 10\n$/],
    [{ USERS_URL_FILE: '/no/such/file' }, /^clipscribe: configuration: USERS_URL_FILE names a file/],
  ])('is refused in one line when it is wrong: %j', async (env, line) => {
    const { code, stderr } = await admin.run(list, { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(line);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain('secret');
  });

  it('says that the file of variables cannot be read', async () => {
    const { code, stderr } = await admin.run([...list, '--env-file', '/no/such/file']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'clipscribe: cannot read /no/such/file\n' });
  });

  it('may be a database that is broken, which is said', async () => {
    await mkdir(join(admin.folder, 'broken'));
    await writeFile(join(admin.folder, 'broken', 'jobs.db'), 'this is no database'.repeat(100));
    const env = { DATA_DIR: join(admin.folder, 'broken') };
    const { code, stderr } = await admin.run(['jobs', 'show', newId()], { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^clipscribe: .*not a database.*\n$/);
  });
});

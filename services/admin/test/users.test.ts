import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { hasher, openAdmin, type AdminUnderTest } from './harness.ts';

const email = 'ada@example.org';
const good = 'green lamps hum in Oslo';

describe('users', () => {
  let admin: AdminUnderTest;
  beforeEach(async () => {
    admin = await openAdmin();
  });
  afterEach(() => admin.dispose());

  const hasPassword = async (password: string): Promise<boolean> =>
    hasher.matches(password, (await admin.users.findByEmail(email))?.passwordHash ?? null);

  describe('list', () => {
    it('says that there are none', async () => {
      expect((await admin.run(['users', 'list'])).stdout).toBe('no users\n');
    });

    it('shows all in the order of their making, and nothing of their passwords', async () => {
      const made = [await admin.addUser('ada@example.org'), await admin.addUser('bob@example.org')];
      await admin.users.setDisabled(made[1]?.id ?? '', true);
      const { stdout } = await admin.run(['users', 'list']);
      const rows = stdout
        .trimEnd()
        .split('\n')
        .map((row) => row.split(/ {2,}/));
      expect(rows).toEqual([
        ['ID', 'ROLE', 'STATE', 'CREATED', 'EMAIL'],
        [made[0]?.id, 'user', 'active', '2023-11-14T22:13:20.123Z', 'ada@example.org'],
        [made[1]?.id, 'user', 'disabled', '2023-11-14T22:13:20.123Z', 'bob@example.org'],
      ]);
      const listed = await admin.json(['users', 'list']);
      expect(listed).toMatchObject({ users: [{ disabled: false }, { disabled: true, role: 'user' }] });
      expect(JSON.stringify(listed)).not.toContain('$2b$');
    });

    it('shows more than one page', async () => {
      for (let n = 0; n < 501; n += 1) await admin.addUser(`user${n}@example.org`);
      expect(((await admin.json(['users', 'list'])) as { users: [] }).users).toHaveLength(501);
    });
  });

  describe('add', () => {
    it('makes an account with a random password, which is shown', async () => {
      const { code, stdout, stderr } = await admin.run(['users', 'add', ' Ada@Example.org ']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const password =
        /^added ada@example.org as user\npassword {2}(\S{24}) {3}\(shown only this once\)\n$/.exec(
          stdout,
        )?.[1];
      expect(await hasPassword(password ?? '')).toBe(true);
      expect(await admin.users.findByEmail(email)).toMatchObject({ role: 'user', disabled: false });
    });

    it('takes a password from standard input or from a file, which is not shown', async () => {
      const file = join(admin.folder, 'password');
      await writeFile(file, `${good}\r\n`);
      const added = await admin.json(['users', 'add', email, '--admin', '--password-file', file]);
      expect(added).toEqual({ id: expect.any(String), email, role: 'admin' });
      expect(await hasPassword(good)).toBe(true);

      const bob = ['users', 'add', 'bob@example.org', '--password-stdin'];
      expect((await admin.run(bob, { stdin: `${good}\n` })).stdout).toBe('added bob@example.org as user\n');
    });

    it.each([
      ['short\n', /at least 12 characters/],
      [`${'long '.repeat(15)}\n`, /at most 72 bytes/],
      ['', /at least 12 characters/],
      ['ada@example.org has lamps', /does not contain your e-mail address/],
      [`${good}\nand more\n`, /must be a single line/],
    ])('refuses the password %j, as signing up does', async (stdin, reason) => {
      const { code, stderr } = await admin.run(['users', 'add', email, '--password-stdin'], { stdin });
      expect(code).toBe(1);
      expect(stderr).toMatch(reason);
      expect(await admin.users.findByEmail(email)).toBeNull();
    });

    it('refuses an address that is taken, and leaves that account alone', async () => {
      const user = await admin.addUser(email);
      expect(await admin.run(['users', 'add', 'ADA@example.org', '--admin'])).toEqual({
        code: 1,
        stdout: '',
        stderr: 'clipscribe: ada@example.org: there is such a user already\n',
      });
      expect(await admin.users.findByEmail(email)).toEqual(user);
    });

    it('says that a password file cannot be read', async () => {
      const { code, stderr } = await admin.run(['users', 'add', email, '--password-file', '/no/such/file']);
      expect({ code, stderr }).toEqual({ code: 1, stderr: 'clipscribe: cannot read /no/such/file\n' });
    });
  });

  describe('disable and enable', () => {
    it('do so, also twice', async () => {
      const user = await admin.addUser(email);
      for (const word of ['disable', 'disable', 'enable', 'enable']) {
        const { code, stdout } = await admin.run(['users', word, 'ADA@example.org']);
        expect({ code, stdout }).toEqual({ code: 0, stdout: `${word}d ada@example.org\n` });
        expect(await admin.users.findByEmail(email)).toEqual({ ...user, disabled: word === 'disable' });
      }
    });

    it.each(['disable', 'enable', 'reset-password'])('%s fails for an unknown user', async (word) => {
      expect(await admin.run(['users', word, email])).toEqual({
        code: 1,
        stdout: '',
        stderr: 'clipscribe: ada@example.org: there is no such user\n',
      });
    });
  });

  describe('reset-password', () => {
    it('sets a random password and ends all tokens', async () => {
      const before = await admin.addUser(email);
      const answer = (await admin.json(['users', 'reset-password', email])) as { password: string };
      expect(answer).toEqual({ id: before.id, email, password: expect.stringMatching(/^\S{24}$/) });
      expect(await hasPassword(answer.password)).toBe(true);
      const after = await admin.users.findByEmail(email);
      expect(after?.tokensValidFrom).toBeGreaterThan(before.tokensValidFrom);
    });

    it('takes a given one, and says that the account is disabled', async () => {
      const { id } = await admin.addUser(email);
      await admin.users.setDisabled(id, true);
      const argv = ['users', 'reset-password', email, '--password-stdin'];
      expect(await admin.run(argv, { stdin: good })).toEqual({
        code: 0,
        stdout: `new password set for ${email}\n`,
        stderr: `clipscribe: ${email} is disabled; "users enable ${email}" lets them in again\n`,
      });
      expect(await hasPassword(good)).toBe(true);
    });

    it('refuses a weak one and changes nothing', async () => {
      const user = await admin.addUser(email);
      const argv = ['users', 'reset-password', email, '--password-stdin'];
      expect((await admin.run(argv, { stdin: 'passwordpassword' })).code).toBe(1);
      expect(await admin.users.findByEmail(email)).toEqual(user);
    });
  });
});

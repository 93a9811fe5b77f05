import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@clipscribe/private-servers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CliUser } from '../support/cli-process.ts';
import { Client } from '../support/client.ts';
import { GatedLine } from '../support/gated-line.ts';
import { makeClip } from '../support/media.ts';
import { soon } from '../support/soon.ts';
import { adminEmail, adminPassword, startSuite, type SuiteProcess } from '../support/suite-process.ts';

const MIB = 2 ** 20;

describe('the command line, interrupted (embedded)', () => {
  let folder: string;
  let data: string;
  let port: string;
  let clip: string;
  let suite: SuiteProcess;
  let line: GatedLine;
  let user: CliUser;
  let client: Client;
  let users = 0;

  async function start(): Promise<void> {
    suite = await startSuite(data, { PORT: port, TRANSCRIBER: 'none' });
  }

  /** How many jobs there are of a file by this name. */
  async function jobsNamed(name: string): Promise<string[]> {
    const { stdout } = await user.run(['jobs', '--quiet', '--search', name]);
    return stdout.split('\n').filter((id) => id !== '');
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-cli-'));
    data = join(folder, 'data');
    port = String(await freePort());
    clip = await makeClip(join(folder, 'clip.mp4'), 20);
    expect((await stat(clip)).size).toBeGreaterThan(4 * MIB);
    await start();
    client = await Client.login(suite.url, adminEmail, adminPassword);
  });
  beforeEach(async () => {
    line = await GatedLine.to(suite.url);
    users += 1;
    user = await CliUser.create(join(folder, `user-${String(users)}`), line.url);
    await user.login(adminEmail, adminPassword);
    await copyFile(clip, join(user.work, `talk-${String(users)}.mp4`));
  });
  afterEach(async () => {
    await user.end();
    await line.close();
  });
  afterAll(async () => {
    await suite.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it.each([['SIGKILL'], ['SIGINT']] as const)(
    'goes on after %s in the middle of an upload',
    async (signal) => {
      const name = `talk-${String(users)}.mp4`;
      const { size } = await stat(clip);
      const held = line.holdAfter(2 * MIB);
      const first = user.start(['upload', '--no-transcript', name]);
      await held;
      first.child.kill(signal);
      const { code, stderr } = await first.ended;
      if (signal === 'SIGINT') {
        expect(code).toBe(130);
        expect(stderr).toMatch(
          /stopped; the same command goes on with what is not finished \(INTERRUPTED\)\n$/,
        );
      }
      line.open();
      const before = line.sent;
      const second = await user.run(['upload', '--no-transcript', '--wait', '--json', name]);
      expect(second.code).toBe(0);
      const { job } = JSON.parse(second.stdout) as { job: { id: string; source: { sha256: string } } }; // checked below
      expect(job.source.sha256).toBe(
        createHash('sha256')
          .update(await readFile(clip))
          .digest('hex'),
      );
      // It did not begin from the start, and made one job.
      expect(line.sent - before).toBeLessThan(size - MIB);
      expect(await jobsNamed(name)).toEqual([job.id]);
      const kept = await readdir(join(user.home, 'state', 'clipscribe', 'uploads'));
      expect(kept).toEqual([]);
    },
  );

  it('tells of the same job when it was stopped while it waited', async () => {
    const name = `talk-${String(users)}.mp4`;
    const first = user.start(['upload', '--no-transcript', '--wait', name]);
    await first.printed(/converting|queued/);
    first.child.kill('SIGTERM');
    expect((await first.ended).code).toBe(143);
    const second = await user.run(['upload', '--no-transcript', '--wait', name]);
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining('succeeded') });
    expect(await jobsNamed(name)).toHaveLength(1);
    // That upload is over: who uploads the file once more wants another job.
    expect((await user.run(['upload', '--no-transcript', name])).code).toBe(0);
    expect(await jobsNamed(name)).toHaveLength(2);
  });

  it('goes on by itself when the server was stopped and started', async () => {
    const name = `talk-${String(users)}.mp4`;
    const held = line.holdAfter(2 * MIB);
    const upload = user.start(['upload', '--no-transcript', '--wait', name]);
    await held;
    await suite.stop('SIGKILL');
    line.open();
    await upload.printed('trying again');
    await start();
    const { code, stdout } = await upload.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('succeeded') });
    expect(await jobsNamed(name)).toHaveLength(1);
  });

  it('gives up after a while when the server stays away, and says so', async () => {
    const name = `talk-${String(users)}.mp4`;
    const held = line.holdAfter(2 * MIB);
    const upload = user.start(['upload', '--retry-for', '1', name]);
    await held;
    await line.close();
    const { code, stderr } = await upload.ended;
    expect(code).toBe(6);
    expect(stderr).toMatch(/talk-\d+\.mp4: .*(nothing answers|broke off).* \(UNREACHABLE\)\n$/);
    line = await GatedLine.to(suite.url);
  });

  it('notices that the file changes while it is sent', async () => {
    const name = `talk-${String(users)}.mp4`;
    const held = line.holdAfter(2 * MIB);
    const upload = user.start(['upload', '--no-transcript', name]);
    await held;
    await writeFile(join(user.work, name), 'something else');
    line.open();
    const { code, stderr } = await upload.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/was changed while it was being uploaded.*\(FILE_CHANGED\)\n$/);
    expect(await jobsNamed(name)).toEqual([]);
  });

  it('keeps the token to itself, and says what to do when it ends', async () => {
    const { token } = Object.values(
      (
        JSON.parse(await readFile(user.sessionFile, 'utf8')) as {
          sessions: Record<string, { token: string }>;
        }
      ).sessions, // our own file
    )[0] ?? { token: '' };
    expect((await stat(user.sessionFile)).mode & 0o777).toBe(0o600);
    const who = await user.run(['whoami', '--json']);
    expect(who.stdout + who.stderr).not.toContain(token);
    await fetch(`${suite.url}/logout`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
    await soon(
      async () =>
        (await client.fetch('/me', { headers: { authorization: `Bearer ${token}` } })).status === 401,
    );
    const expired = await user.run(['jobs']);
    expect(expired).toMatchObject({ code: 3, stdout: '' });
    expect(expired.stderr).toMatch(
      /has expired or was ended; log in with: clipscribe login --server .* \(NOT_LOGGED_IN\)\n$/,
    );
    const wrong = await user.run(['login', '--email', adminEmail, '--password-stdin'], { stdin: 'wrong\n' });
    expect(wrong).toMatchObject({ code: 3, stderr: expect.stringContaining('WRONG_CREDENTIALS') });
    const byVariable = await user.run(['whoami', '--quiet'], { env: { CLIPSCRIBE_TOKEN: client.token } });
    expect(byVariable).toMatchObject({ code: 0, stdout: `${adminEmail}\n` });
    const refused = await user.run(['whoami'], { env: { CLIPSCRIBE_TOKEN: token } });
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('CLIPSCRIBE_TOKEN') });
  });

  it('asks again in a terminal when the login has ended in the middle, and goes on; the password is not shown', async () => {
    const name = `talk-${String(users)}.mp4`;
    const session = JSON.parse(await readFile(user.sessionFile, 'utf8')) as {
      sessions: Record<string, { token: string }>;
    }; // our own file
    const token = session.sessions[line.url]?.token ?? '';
    const held = line.holdAfter(2 * MIB);
    const upload = user.inTerminal(['upload', '--no-transcript', '--wait', name]);
    await held;
    await fetch(`${suite.url}/logout`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
    await soon(
      async () =>
        (await client.fetch('/me', { headers: { authorization: `Bearer ${token}` } })).status === 401,
    );
    line.open();
    await upload.printed('Password of admin@clipscribe.local: ');
    upload.type('not this one\r');
    await upload.printed('WRONG_CREDENTIALS');
    await upload.printed(/WRONG_CREDENTIALS[^]*Password of/);
    upload.type(`${adminPassword}\r`);
    const { code, stdout } = await upload.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('succeeded') });
    expect(stdout).toMatch(/\[[█░]{20}\] +\d+ % {2}uploading {2}of \d+\.\d MB/);
    expect(stdout).not.toContain(adminPassword);
    expect(stdout).not.toContain('not this one');
    expect(await jobsNamed(name)).toHaveLength(1);
  });

  it('asks for the password in a terminal, shows nothing of it, and ends at Ctrl-C', async () => {
    const other = user;
    await other.run(['logout']);
    const login = other.inTerminal(['login']);
    await login.printed('E-mail address');
    login.type(`${adminEmail}\r`);
    await login.printed(`Password of ${adminEmail}: `);
    login.type(`${adminPassword}\r`);
    const { code, stdout } = await login.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('logged in at') });
    expect(stdout).not.toContain(adminPassword);
    expect((await other.run(['logout'])).stdout).toMatch(/^logged out/);
    expect((await other.run(['whoami'])).code).toBe(3);
    const given = other.inTerminal(['login', '--email', adminEmail]);
    await given.printed('Password of');
    given.type('\u0003');
    expect((await given.ended).code).toBe(130);
  });

  it('asks before it deletes', async () => {
    const { stdout } = await user.run(['upload', '--no-transcript', '--quiet', `talk-${String(users)}.mp4`]);
    const id = stdout.trim();
    const no = user.inTerminal(['delete', id]);
    await no.printed('[y/N]');
    no.type('\r');
    expect((await no.ended).stdout).toContain('nothing was deleted');
    const yes = user.inTerminal(['delete', id]);
    await yes.printed('[y/N]');
    yes.type('y\r');
    expect((await yes.ended).stdout).toContain(`deleted ${id}`);
  });

  describe('watch-folder', () => {
    const args = ['watch-folder', '--no-transcript', '--settle', '1', '.'];

    it('uploads each file once, also after kill -9, and what has changed again', async () => {
      const name = `talk-${String(users)}.mp4`;
      const held = line.holdAfter(2 * MIB);
      const first = user.start(args);
      await held;
      const rival = await user.run([...args, '--once']);
      expect(rival).toMatchObject({ code: 1, stderr: expect.stringContaining('FOLDER_IN_USE') });
      first.child.kill('SIGKILL');
      await first.ended;
      line.open();
      expect(await user.run([...args, '--once'])).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/uploaded, job/),
      });
      expect(await user.run([...args, '--once'])).toMatchObject({ code: 0, stdout: '' });
      expect(await jobsNamed(name)).toHaveLength(1);
      await utimes(join(user.work, name), new Date(), new Date(Date.now() - 5000));
      expect((await user.run([...args, '--once', '--quiet'])).stdout).toMatch(/^[0-9a-f-]{36}\n$/);
      expect(await jobsNamed(name)).toHaveLength(2);
    });

    it('takes what appears, moves it away, and leaves the rest alone', async () => {
      const name = `talk-${String(users)}.mp4`;
      const watch = user.start([...args, '--move-to', 'done', '--json']);
      await watch.printed('"jobId"');
      await copyFile(clip, join(user.work, 'next.mp4'));
      await writeFile(join(user.work, 'notes.txt'), 'not a recording');
      await writeFile(join(user.work, 'copying.mp4.part'), 'not complete');
      await writeFile(join(user.work, 'empty.mp4'), '');
      await watch.printed(/next\.mp4"[^\n]*"movedTo":"done\/next\.mp4"/);
      watch.child.kill('SIGINT');
      expect((await watch.ended).code).toBe(130);
      expect((await readdir(user.work)).sort()).toEqual([
        'copying.mp4.part',
        'done',
        'empty.mp4',
        'notes.txt',
      ]);
      expect((await readdir(join(user.work, 'done'))).sort()).toEqual(['next.mp4', name]);
    });
  });
});

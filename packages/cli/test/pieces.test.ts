import { mkdtemp, readFile, rm, stat, utimes, writeFile, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { answerError } from '../src/api/problem.ts';
import { CliError } from '../src/errors.ts';
import { dispositionName, safeName } from '../src/downloads/safe-name.ts';
import { CompleteFiles } from '../src/folder/complete-files.ts';
import { lockFolder } from '../src/folder/folder-lock.ts';
import { Journal } from '../src/folder/journal.ts';
import { moveInto } from '../src/folder/move-file.ts';
import { MEDIA_PATTERN, nameMatcher } from '../src/folder/pattern.ts';
import { userFolders } from '../src/folders.ts';
import { mapLimited } from '../src/map-limited.ts';
import { Output } from '../src/screen/output.ts';
import { Pace } from '../src/screen/pace.ts';
import { Screen } from '../src/screen/screen.ts';
import { partPath } from '../src/downloads/target.ts';
import { barLine, createBoard } from '../src/screen/progress-board.ts';
import { bytesText, percentText, secondsText } from '../src/screen/units.ts';
import { isUnprotected, serverUrl } from '../src/session/server-url.ts';
import { SessionStore } from '../src/session/session-store.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipscribe-cli-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('names that a server proposes', () => {
  it.each([
    ['talk.mp3', 'talk.mp3'],
    ['../../etc/cron.d/evil', 'evil'],
    ['C:\\Windows\\x.mp3', 'x.mp3'],
    ['..', 'id.mp3'],
    ['.bashrc', 'bashrc'],
    ['-rf.mp3', 'rf.mp3'],
    ['a\u001b[2J\u0000b\u202e.mp3', 'a[2Jb.mp3'],
    ['con.mp3', 'id.mp3'],
    ['what? <no>: "a|b*".mp3', 'what no ab.mp3'],
    ['Zoë 講義 🎬.mp3', 'Zoë 講義 🎬.mp3'],
    [undefined, 'id.mp3'],
  ])('%j becomes %j', (proposed, name) => {
    expect(safeName(proposed, 'id.mp3')).toBe(name);
  });

  it('are cut to 200 bytes, with their ending', () => {
    const name = safeName(`${'🎬'.repeat(100)}.mp3`, 'x');
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
    expect(name).toMatch(/^(🎬)+\.mp3$/u);
  });

  it.each(['講'.repeat(85), 'x'.repeat(255), 'a.mp3'])('have a name of a part that fits: %s', (name) => {
    const part = partPath({ path: `/x/${name}`, force: false }, '0123456789ab');
    expect(part).toMatch(/^\/x\/\..+\.0123456789ab\.part$/);
    expect(Buffer.byteLength(part)).toBeLessThanOrEqual('/x/'.length + 255);
  });

  it.each([
    [`attachment; filename="a \\"b\\".mp3"`, 'a "b".mp3'],
    [`attachment; filename="x.mp3"; filename*=UTF-8''Zo%C3%AB.mp3`, 'Zoë.mp3'],
    [`attachment; filename="x.mp3"; filename*=UTF-8''%E0%A4%A`, 'x.mp3'],
    [`attachment; filename=plain.mp3`, 'plain.mp3'],
    ['attachment', undefined],
    [null, undefined],
  ])('are read from %j', (header, name) => {
    expect(dispositionName(header)).toBe(name);
  });
});

describe('patterns of a folder', () => {
  it.each([
    [MEDIA_PATTERN, 'Talk.MP4', true],
    [MEDIA_PATTERN, 'talk.mp4.part', false],
    [MEDIA_PATTERN, '.hidden.mp4', false],
    [MEDIA_PATTERN, 'notes.txt', false],
    ['lecture-?.{mkv,mp4}', 'lecture-1.mkv', true],
    ['lecture-?.{mkv,mp4}', 'lecture-12.mkv', false],
    ['a+b(1)[x].mp4', 'a+b(1)[x].mp4', true],
    ['*', 'anything', true],
    ['{broken', '{broken', true],
  ])('%s and %s: %s', (pattern, name, fits) => {
    expect(nameMatcher(pattern)(name)).toBe(fits);
  });
});

describe('a watched folder', () => {
  it('takes a file for complete when it has stayed the same for so long', async () => {
    const path = join(folder, 'a.mp4');
    await writeFile(path, 'one');
    await writeFile(join(folder, 'empty.mp4'), '');
    const files = new CompleteFiles(folder, nameMatcher('*'), 5000);
    const names = async (now: number): Promise<string[]> =>
      (await files.look(now)).complete.map(({ name }) => name);
    expect(await files.look(0)).toMatchObject({ complete: [], growing: 1 });
    expect(await names(4999)).toEqual([]);
    await writeFile(path, 'more');
    expect(await names(5000)).toEqual([]);
    await utimes(path, 1, 1);
    expect(await names(9000)).toEqual([]);
    expect(await names(13_999)).toEqual([]);
    expect(await names(14_000)).toEqual(['a.mp4']);
  });

  it('remembers what was uploaded, also when a line was cut off', async () => {
    const file = { name: 'a.mp4', bytes: 3, mtimeMs: 1.5 };
    const journal = await Journal.open(folder, 'http://x', '/videos');
    await journal.add({ ...file, jobId: '1' });
    await writeFile(journal.path, `${await readFile(journal.path, 'utf8')}\n{"name":"b.m`);
    const again = await Journal.open(folder, 'http://x', '/videos');
    await again.add({ name: 'c.mp4', bytes: 1, mtimeMs: 1, refused: 'TOO_LARGE' });
    const last = await Journal.open(folder, 'http://x', '/videos');
    expect(last.get(file)).toMatchObject({ jobId: '1' });
    expect(last.get({ name: 'c.mp4', bytes: 1, mtimeMs: 1 })).toMatchObject({ refused: 'TOO_LARGE' });
    expect(last.get({ ...file, mtimeMs: 2 })).toBeUndefined();
    expect((await Journal.open(folder, 'http://other', '/videos')).get(file)).toBeUndefined();
  });

  it('is worked on by one program at a time, and by the next when that was killed', async () => {
    const path = join(folder, 'x', 'lock');
    const unlock = await lockFolder(path);
    await expect(lockFolder(path)).rejects.toMatchObject({ code: 'FOLDER_IN_USE' });
    await unlock();
    await writeFile(path, '999999999');
    await (
      await lockFolder(path)
    )();
  });

  it('is worked on again when the number of the one that was killed belongs to another process', async () => {
    const path = join(folder, 'x', 'lock');
    const unlock = await lockFolder(path);
    const [pid = '', start = ''] = (await readFile(path, 'utf8')).split(' ');
    await unlock();
    expect([Number(pid), Number(start) > 0]).toEqual([process.pid, process.platform === 'linux']);
    // As in a container, whose processes get the same numbers each time.
    await writeFile(path, `${pid} 1`);
    await (
      await lockFolder(path)
    )();
  });

  it('moves files without replacing others', async () => {
    for (const expected of ['done/a.mp4', 'done/a (2).mp4']) {
      await writeFile(join(folder, 'a.mp4'), expected);
      expect(await moveInto(join(folder, 'a.mp4'), join(folder, 'done'))).toBe(join(folder, expected));
    }
    expect(await readFile(join(folder, 'done/a.mp4'), 'utf8')).toBe('done/a.mp4');
  });
});

describe('logins', () => {
  it('are kept by server, in a file that others cannot read', async () => {
    const store = new SessionStore(join(folder, 'config'));
    const session = { email: 'a@b.de', token: 't', expiresAt: '2026-01-01T00:00:00.000Z' };
    await store.put('http://one', session);
    await store.put('http://two', { ...session, token: 'u' });
    expect((await stat(store.path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'config'))).mode & 0o777).toBe(0o700);
    await chmod(store.path, 0o644);
    expect(await store.get('http://one')).toEqual(session);
    expect((await stat(store.path)).mode & 0o777).toBe(0o600);
    await store.remove('http://two');
    expect(await store.get('http://two')).toBeUndefined();
    expect(await store.currentServer()).toBe('http://two');
    await writeFile(store.path, '{"sess');
    expect(await store.get('http://one')).toBeUndefined();
  });

  it('are for one form of an address', () => {
    expect(serverUrl('HTTP://Example.org:80/clips/')).toBe('http://example.org/clips');
    for (const wrong of ['example.org', 'ftp://x', 'http://a:b@x', 'http://x/?y'])
      expect(() => serverUrl(wrong)).toThrow(/the address of the server must/);
    expect(['http://example.org', 'http://localhost:8080', 'https://example.org'].map(isUnprotected)).toEqual(
      [true, false, false],
    );
  });

  it('are where the system keeps such things', () => {
    expect(userFolders({ XDG_CONFIG_HOME: '/x', XDG_STATE_HOME: 'relative' }, 'linux', '/h')).toEqual({
      config: '/x/clipscribe',
      state: '/h/.local/state/clipscribe',
    });
    expect(userFolders({}, 'darwin', '/h').config).toBe('/h/Library/Application Support/clipscribe');
    expect(userFolders({ APPDATA: '/roaming' }, 'win32', '/h').config).toBe('/roaming/clipscribe');
  });

  it('are not below the current folder where HOME is set to nothing', () => {
    expect(isAbsolute(userFolders({}, 'linux', '').config)).toBe(true);
  });
});

describe('what is shown', () => {
  it('fits on a line, and cannot steer the terminal', () => {
    const line = barLine(
      '講\u001b[2J.mp4',
      { stage: 'uploading', fraction: 0.425, detail: 'x'.repeat(99) },
      60,
    );
    expect(line).toMatch(/^講\\u\{1b\}\[2J\.mp4 +\[█{9}░{11}\] {2}42 %/);
    expect(line.length).toBeLessThanOrEqual(60);
    expect(barLine('a', undefined, 40)).toMatch(/^a +waiting$/);
  });

  it('has the percentage on narrow screens too', () => {
    const progress = { stage: 'uploading', fraction: 0.425, detail: 'of 9 MB' };
    expect(barLine('a-long-name-of-a-talk.mp4', progress, 39)).toBe(
      'a-long-name-of-a-t…   42 %  uploading …',
    );
    expect(barLine('a-long-name-of-a-talk.mp4', progress, 19)).toMatch(/^a-l… {3}42 % {2}uploa…$/);
    expect(barLine('a', progress, 1)).toBe('…');
    const screen = (columns: number): number =>
      new Screen(new PassThrough(), Object.assign(new PassThrough(), { columns })).columns;
    expect([100, 20, 5, 1, 0].map(screen)).toEqual([99, 19, 4, 1, 79]);
  });

  it('is plain lines on a terminal that understands nothing else', () => {
    const terminal = (): PassThrough => Object.assign(new PassThrough(), { isTTY: true });
    expect(new Screen(terminal(), terminal()).isTerminal).toBe(true);
    expect(new Screen(terminal(), terminal(), false).isTerminal).toBe(false);
  });

  it('begins no message of its own in the name of a file', () => {
    const stderr = new PassThrough();
    const out = new Output(new Screen(new PassThrough(), stderr), { json: false, quiet: false });
    const name = 'a.mp4\nclipscribe: all is well';
    out.error(new CliError('EMPTY_FILE', 'is empty'), name);
    createBoard(out).row(name).show({ stage: 'uploading' });
    expect(String(stderr.read())).toBe(
      'clipscribe: a.mp4\\u{a}clipscribe: all is well: is empty (EMPTY_FILE)\n' +
        'clipscribe: a.mp4\\u{a}clipscribe: all is well: uploading\n',
    );
  });

  it('has numbers that people read', () => {
    expect([0, 999, 1000, 99_949, 99_951, 999_500, 12_345_678].map(bytesText)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '99.9 kB',
      '100 kB',
      '1.0 MB',
      '12.3 MB',
    ]);
    expect([5, 65, 3661].map(secondsText)).toEqual(['5 s', '1 min 5 s', '1 h 1 min']);
    expect([0, 0.999, 1, 7].map(percentText)).toEqual(['0 %', '99 %', '100 %', '100 %']);
  });

  it('tells the pace of the last seconds', () => {
    const pace = new Pace();
    expect(pace.text(0, 10_000_000, 0)).toBe('of 10.0 MB');
    expect(pace.text(2_000_000, 10_000_000, 2000)).toBe('of 10.0 MB, 1.0 MB/s, 8 s left');
    expect(pace.text(2_000_000, 10_000_000, 9000)).toBe('of 10.0 MB, nothing moves');
    expect(pace.text(1_000_000, 10_000_000, 9001)).toBe('of 10.0 MB');
  });
});

describe('refusals', () => {
  it.each([
    [{ status: 401 }, '', 3, 'INVALID_TOKEN'],
    [{ status: 404 }, '', 4, 'NOT_FOUND'],
    [{ status: 502 }, '<html>nginx</html>', 6, 'HTTP_502'],
    [{ status: 429, retryAfter: '30' }, '{"code":"TOO_MANY_JOBS","detail":"Wait."}', 5, 'TOO_MANY_JOBS'],
  ])('of %j have a code of their own', (answer, body, exitCode, code) => {
    expect(answerError(answer, body, 'GET /x')).toMatchObject({ exitCode, code });
  });

  it('say how long to wait, and show no pages', () => {
    expect(answerError({ status: 429, retryAfter: '30' }, '{"code":"C","detail":"D."}', 'x').message).toBe(
      'D. Try again in 30 seconds.',
    );
    expect(answerError({ status: 502 }, '<html>', 'GET /x').message).toBe(
      'the server answered GET /x with 502',
    );
  });
});

describe('mapLimited', () => {
  it('does so many at a time, and all of them', async () => {
    let now = 0;
    let most = 0;
    const results = await mapLimited([1, 2, 3, 4, 5], 2, async (item) => {
      now += 1;
      most = Math.max(most, now);
      await Promise.resolve();
      now -= 1;
      if (item === 2) throw new Error('no');
      return item;
    });
    expect(most).toBe(2);
    expect(results.map(({ status }) => status === 'fulfilled')).toEqual([true, false, true, true, true]);
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { jobListSchema, jobViewSchema, meSchema, transcriptSchema } from '@clipscribe/contracts';
import { freePort } from '@clipscribe/private-servers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { npmCommand } from '../../scripts/lib/install-dependencies.mjs';
import { CliUser } from '../support/cli-process.ts';
import { Client } from '../support/client.ts';
import { inspect } from '../support/media.ts';
import { adminEmail, adminPassword, startSuite, type SuiteProcess } from '../support/suite-process.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sample = join(root, 'samples', 'hello.mp4');
const noJob = '019aa5c3-0000-7000-8000-000000000000';

const uploadedSchema = z.object({ file: z.string(), job: jobViewSchema });
const errorSchema = z.object({
  about: z.string().optional(),
  error: z.object({
    code: z.string(),
    detail: z.string(),
    exitCode: z.int(),
    status: z.int().optional(),
  }),
});

/** Each line as JSON of the form. */
function jsonLines<S extends z.ZodType>(printed: string, schema: S): z.output<S>[] {
  return printed
    .trimEnd()
    .split('\n')
    .map((line) => schema.parse(JSON.parse(line)));
}

describe('the command line (embedded)', () => {
  let folder: string;
  let suite: SuiteProcess;
  let user: CliUser;
  /** A job of the sample, with its transcript. */
  let jobId: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-cli-'));
    suite = await startSuite(join(folder, 'data'), { MAX_UPLOAD: '5MB' });
    user = await CliUser.create(join(folder, 'ada'), suite.url);
    await user.login(adminEmail, adminPassword);
  });
  afterAll(async () => {
    await user.end();
    await suite.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** A copy of the sample under another name. */
  async function copyOfSample(name: string): Promise<string> {
    await copyFile(sample, join(user.work, name));
    return name;
  }

  it('uploads the sample by npx from the checkout, and waits for it', async () => {
    const [command = 'npm', ...first] = npmCommand();
    const args = [...first, 'exec', '--no', '--', 'clipscribe', 'upload', 'samples/hello.mp4', '--wait'];
    const child = spawn(command, args, {
      cwd: root,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: user.home,
        XDG_CONFIG_HOME: join(user.home, 'config'),
        XDG_STATE_HOME: join(user.home, 'state'),
        CLIPSCRIBE_URL: suite.url,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/^hello\.mp4: succeeded, 13 s of sound, job [0-9a-f-]{36}\n$/);
    // Not a terminal: lines instead of bars, and nothing that steers one.
    expect(stderr).toMatch(/clipscribe: samples\/hello\.mp4: uploading, 0 %/);
    expect(stdout + stderr).not.toContain('\u001b');
    jobId = /job (\S+)/.exec(stdout)?.[1] ?? '';
  });

  it('prints the transcript in every format, and as JSON', async () => {
    const plain = await user.run(['transcript', jobId]);
    expect(plain.code).toBe(0);
    expect(plain.stdout.length).toBeGreaterThan(20);
    const [srt, vtt, tsv, json] = await Promise.all(
      ['srt', 'vtt', 'tsv', 'json'].map(
        async (format) => (await user.run(['transcript', jobId, '--format', format])).stdout,
      ),
    );
    expect(srt).toMatch(/^1\r?\n00:00:/);
    expect(vtt).toMatch(/^WEBVTT/);
    expect(tsv).toMatch(/^start\tend\ttext/);
    expect(transcriptSchema.loose().parse(JSON.parse(json ?? '')).durationSeconds).toBeGreaterThan(10);
    const asValue = await user.run(['transcript', jobId, '--format', 'srt', '--json']);
    expect(JSON.parse(asValue.stdout)).toEqual({ id: jobId, format: 'srt', text: srt });
    expect((await user.run(['transcript', jobId, '--format', 'docx'])).code).toBe(2);
  });

  it('downloads the MP3 by its own name, to a file, and to another program', async () => {
    const own = await user.run(['download', jobId]);
    expect(own).toMatchObject({ code: 0, stdout: expect.stringMatching(/^hello\.mp3 \(/) });
    expect((await inspect(join(user.work, 'hello.mp3'))).codec).toBe('mp3');
    const again = await user.run(['download', jobId, '--json']);
    expect(again.code).toBe(1);
    expect(jsonLines(again.stderr, errorSchema)[0]?.error.code).toBe('FILE_EXISTS');
    expect((await user.run(['download', jobId, '--force', '--quiet'])).stdout).toBe('hello.mp3\n');
    const saved = await user.run(['download', jobId, '-o', 'a b.mp3', '--json']);
    const bytes = await readFile(join(user.work, 'hello.mp3'));
    expect(JSON.parse(saved.stdout)).toEqual({
      id: jobId,
      path: 'a b.mp3',
      bytes: bytes.length,
      resumedAt: 0,
    });
    const piped = await user.shell(`$CLI download ${jobId} -o - | cmp - hello.mp3 && echo same`);
    expect(piped.stdout).toBe('same\n');
    expect((await readdir(user.work)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('goes on with a download that was broken off, and not with one of other content', async () => {
    const whole = await readFile(join(user.work, 'hello.mp3'));
    const broken = await user.shell(`ulimit -f 8; $CLI download ${jobId} -o big.mp3`);
    expect(broken).toMatchObject({ code: 1, stdout: '' });
    expect(broken.stderr).toMatch(
      /cannot be written: the file is larger .*the same command goes on with it \(CANNOT_WRITE\)\n$/,
    );
    expect(await readdir(user.work)).not.toContain('big.mp3');
    const [part = ''] = (await readdir(user.work)).filter((name) => name.endsWith('.part'));
    const { size } = await stat(join(user.work, part));
    expect(size).toBeGreaterThan(0);
    const resumed = await user.run(['download', jobId, '-o', 'big.mp3', '--json']);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ resumedAt: size, bytes: whole.length });
    expect((await readFile(join(user.work, 'big.mp3'))).equals(whole)).toBe(true);
    // What does not belong to it is longer than all of it: it is fetched anew.
    await writeFile(join(user.work, part), Buffer.alloc(whole.length + 5));
    expect((await user.run(['download', jobId, '-o', 'big.mp3', '--force'])).code).toBe(0);
    expect((await readFile(join(user.work, 'big.mp3'))).equals(whole)).toBe(true);
  });

  it('says why an output cannot be written', async () => {
    const missing = await user.run(['download', jobId, '-o', 'no/such/folder.mp3']);
    expect(missing).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no such file or folder'),
    });
    const under = await user.run(['transcript', jobId, '-o', 'hello.mp3/x.txt']);
    expect(under).toMatchObject({ code: 1, stderr: expect.stringContaining('not a folder') });
    const device = await user.run(['download', jobId, '-o', '/dev/null', '--force']);
    expect(device).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('not a file that can be replaced'),
    });
    const full = await user.shell('$CLI whoami > /dev/full');
    expect(full).toEqual({
      code: 1,
      stdout: '',
      stderr: 'clipscribe: standard output cannot be written: no space left on the device (CANNOT_WRITE)\n',
    });
  });

  it('lists jobs in pages, by state and by name, in forms that scripts can read', async () => {
    const files = ['Zoë 講義 🎬.mp4', 'bad \u001b[2J\u0007name.mp4'];
    for (const file of files) await copyOfSample(file);
    const uploaded = await user.run([
      'upload',
      '--no-transcript',
      '--title',
      'My Talk',
      '--wait',
      '--json',
      ...files,
    ]);
    expect(uploaded).toMatchObject({ code: 0, stderr: '' });
    const lines = jsonLines(uploaded.stdout, uploadedSchema);
    expect(lines.map(({ file }) => file).sort()).toEqual([...files].sort());
    for (const { job } of lines)
      expect(job).toMatchObject({ state: 'succeeded', options: { title: 'My Talk', transcript: false } });
    const page = await user.run(['jobs', '--limit', '2', '--json']);
    const { jobs, nextCursor } = jobListSchema.parse(JSON.parse(page.stdout));
    expect(jobs).toHaveLength(2);
    const rest = await user.run(['jobs', '--cursor', nextCursor ?? '', '--quiet']);
    expect(rest.stdout).toBe(`${jobId}\n`);
    const found = await user.run(['jobs', '--search', 'zOË', '--state', 'succeeded']);
    expect(found.stdout).toMatch(/^ID +STATE .*\n[0-9a-f-]{36} {2}succeeded .*Zoë 講義 🎬\.mp4\n$/);
    const titled = await user.run(['jobs', '--search', 'my talk', '--limit', '1', '--quiet']);
    expect(titled).toMatchObject({ code: 0, stdout: `${jobs[0]?.id ?? ''}\n` });
    const behind = ['jobs', '--search', 'my talk', '--cursor', jobs[0]?.id ?? '', '--json'];
    expect(JSON.parse((await user.run(behind)).stdout)).toMatchObject({
      jobs: [{ id: jobs[1]?.id }],
      nextCursor: null,
    });
    for (const search of ['nothing like that', '%', '.*'])
      expect((await user.run(['jobs', '--search', search])).stdout).toBe('no jobs\n');
    // In a terminal the name of the file is shown, as it is while it is sent, as the server has it afterwards: a quick
    // upload shows the second alone. Neither does anything.
    const shown = user.inTerminal(['upload', '--no-transcript', files[1] ?? '']);
    const { stdout } = await shown.ended;
    expect(stdout).toMatch(/bad (\\u\{1b\})?\[2J(\\u\{7\})?name/);
    expect(stdout).not.toContain('\u001b[2J\u0007');
  });

  it('says who is logged in, what one job is, and that a watched job has ended', async () => {
    const me = z.object({ server: z.string() }).extend(meSchema.shape);
    expect(me.parse(JSON.parse((await user.run(['whoami', '--json'])).stdout))).toMatchObject({
      server: suite.url,
      email: adminEmail,
    });
    expect((await user.run(['jobs', jobId])).stdout).toMatch(/^state +succeeded$/m);
    const watched = await user.run(['watch', jobId, '--json']);
    expect(watched.code).toBe(0);
    expect(jsonLines(watched.stdout, jobViewSchema).at(-1)).toMatchObject({ id: jobId, state: 'succeeded' });
    const client = await Client.login(suite.url, adminEmail, adminPassword);
    await client.ended(
      (
        await client.upload([
          { name: 'x.mp4', bytes: 4, content: () => Readable.from([Buffer.from('nope')]) },
        ])
      )[0]?.id ?? '',
    );
    const none = await user.run(['watch']);
    expect(none).toMatchObject({ code: 0, stderr: 'clipscribe: nothing is under way\n' });
  });

  it('ends with the code for what went wrong, and one line that says it', async () => {
    await writeFile(join(user.work, 'empty.mp4'), '');
    await writeFile(join(user.work, 'text.mp4'), 'this is no video');
    await writeFile(join(user.work, 'large.mp4'), Buffer.alloc(5_000_001));
    const nowhere = `http://127.0.0.1:${String(await freePort())}`;
    const cases: [string[], number, RegExp][] = [
      [
        ['login', '--server', 'http://127.0.0.1:9', '--email', 'a@b.de', '--password-stdin'],
        6,
        /port 9 belongs to another/,
      ],
      [['upload', 'empty.mp4'], 5, /empty\.mp4 is empty \(EMPTY_FILE\)/],
      [['upload', 'large.mp4'], 5, /large\.mp4: .*\(TOO_LARGE\)/],
      [['upload', 'missing.mp4'], 1, /missing\.mp4 cannot be read: there is no such file/],
      [['upload', '.'], 1, /is a folder; clipscribe watch-folder --once/],
      [['upload', 'hello.mp3', '--language', 'klingon'], 5, /language.*\(INVALID_OPTION\)/],
      [['upload', 'text.mp4', '--wait'], 7, /text\.mp4: the job is failed: .*\(NOT_MEDIA\)/],
      [['upload'], 2, /missing required argument 'files'/],
      [['upload', '--wiat', 'hello.mp3'], 2, /unknown option '--wiat'/],
      [['jobs', '--limit', '0'], 2, /--limit must be from 1 to 1000/],
      [['jobs', '--state', 'lost'], 2, /Allowed choices/],
      [['jobs', '--search', ' '], 2, /--search/],
      [
        ['jobs', '--search', 'x'.repeat(201)],
        5,
        /search: must be at most 200 characters\. \(INVALID_INPUT\)/,
      ],
      [['upload', 'hello.mp3', '--retry-for', 'ever'], 2, /--retry-for must be a whole number/],
      [['whoami', '--server', 'ftp://example.org'], 2, /must be an address such as/],
      [['whoami', '--server', 'http://ada:secret@example.org'], 2, /must not contain a user or password/],
      [['frobnicate'], 2, /unknown command 'frobnicate'/],
      [['download', noJob], 4, /\(NOT_FOUND\)/],
      [['watch', '../../me'], 4, /is not the id of a job \(NOT_FOUND\)/],
      [['transcript', noJob], 4, /\(NOT_FOUND\)/],
      [['retry', jobId], 5, /\(NOT_RETRYABLE\)/],
      [['cancel', jobId], 5, /\(NOT_CANCELLABLE\)/],
      [['delete', jobId], 2, /--yes deletes without asking/],
      [['whoami', '--server', nowhere, '--retry-for', '0'], 3, /not logged in/],
      [
        ['login', '--server', nowhere, '--retry-for', '1', '--email', 'a@b.de', '--password-stdin'],
        6,
        /nothing answers at .*\(UNREACHABLE\)/,
      ],
    ];
    for (const [args, code, message] of cases) {
      const run = await user.run(args);
      expect({ args, code: run.code, stderr: run.stderr }).toMatchObject({
        code,
        stderr: expect.stringMatching(message),
      });
      expect(run.stderr.trimEnd().split('\n').at(-1)).toMatch(/^clipscribe: /);
      expect(run.stderr).not.toMatch(/\n\s+at |node:internal/);
      const asJson = await user.run([...args, '--json']);
      expect({ args, code: asJson.code }).toEqual({ args, code });
      expect(jsonLines(asJson.stderr, errorSchema)[0]?.error.exitCode).toBe(code);
    }
  });

  it('uploads what it can of several files, and ends with the code of the first that failed', async () => {
    await copyOfSample('good.mp4');
    const run = await user.run([
      'upload',
      '--no-transcript',
      '--quiet',
      'missing.mp4',
      'empty.mp4',
      'good.mp4',
    ]);
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/^[0-9a-f-]{36}\n$/);
    expect(run.stderr.trimEnd().split('\n')).toHaveLength(2);
  });

  it('deletes what it was told to, and says what was not there', async () => {
    const { stdout } = await user.run(['upload', '--no-transcript', '--quiet', 'good.mp4']);
    const id = stdout.trim();
    const run = await user.run(['delete', '--yes', id, noJob, '--json']);
    expect(run.code).toBe(4);
    expect(JSON.parse(run.stdout)).toMatchObject({
      deleted: [id],
      refused: [{ id: noJob, error: { code: 'NOT_FOUND' } }],
    });
    expect((await user.run(['jobs', id])).code).toBe(4);
  });

  it('completes command lines in bash', async () => {
    const line = (words: string): string =>
      `clipscribe() { $CLI "$@"; }; source <(clipscribe completion bash); COMP_WORDS=(${words}); ` +
      `COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _clipscribe; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const completed = async (words: string): Promise<string[]> =>
      (await user.shell(line(words))).stdout.trimEnd().split('\n');
    expect(await completed('clipscribe w')).toEqual(['whoami', 'watch', 'watch-folder']);
    expect(await completed('clipscribe upload --la')).toEqual(['--language']);
    expect(await completed('clipscribe upload --language d')).toEqual(['da', 'de']);
    expect(await completed('clipscribe transcript --format ""')).toEqual([
      'txt',
      'srt',
      'vtt',
      'json',
      'tsv',
    ]);
    expect(await completed('clipscribe upload good')).toEqual(['good.mp4']);
  });
});

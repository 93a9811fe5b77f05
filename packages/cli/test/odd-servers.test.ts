import { once } from 'node:events';
import { mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CliError } from '../src/errors.ts';
import { runCli } from '../src/run-command-line.ts';

const id = '019aa5c3-0000-7000-8000-000000000000';

/** A job with a name that no server of ours would give. */
const job = (state: string): object => ({
  ...{ id, state, run: 1, createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' },
  source: { name: 'a\u001b]0;owned\u0007\u009b2J\u202e.mp4', bytes: 1 },
  options: { transcript: true, quality: 'V2' },
  audio: { state: 'done', progress: 1 },
  transcript: { state: 'done', progress: 1 },
  links: { self: `/jobs/${id}`, events: `/jobs/${id}/events` },
});

let server: Server;
let folder: string;
let controller: AbortController;
let answer: RequestListener;
const asked: IncomingMessage[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipscribe-cli-'));
  controller = new AbortController();
  asked.length = 0;
  server = createServer((req, res) => {
    asked.push(req);
    answer(req, res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  await rm(folder, { recursive: true, force: true });
});

/** Runs a command line in this process, with a token. */
async function run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return runWith({}, ...argv);
}

/** The same, with variables of one's own, and what is on standard input. */
async function runWith(
  { stdin = new PassThrough(), env: variables = {} }: { stdin?: Readable; env?: Record<string, string> },
  ...argv: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { port } = server.address() as AddressInfo; // a server on a TCP port has one
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const printed = { stdout: '', stderr: '' };
  streams.stdout.on('data', (chunk: Buffer) => (printed.stdout += chunk.toString()));
  streams.stderr.on('data', (chunk: Buffer) => (printed.stderr += chunk.toString()));
  const env = {
    ...{ CLIPSCRIBE_URL: `http://127.0.0.1:${String(port)}`, CLIPSCRIBE_TOKEN: 'token' },
    ...{ XDG_CONFIG_HOME: join(folder, 'config'), XDG_STATE_HOME: join(folder, 'state') },
    ...variables,
  };
  const host = {
    env,
    platform: 'linux' as const,
    nodeVersion: '24.0.0',
    stdin,
    signal: controller.signal,
  };
  const code = await runCli(argv, { ...host, ...streams });
  return { code, ...printed };
}

function json(res: ServerResponse, value: unknown): void {
  res.setHeader('content-type', 'application/json').end(JSON.stringify(value));
}

describe('a server that is not as it should be', () => {
  it('shows no names that steer a terminal, as text or as JSON', async () => {
    answer = (_req, res) => {
      json(res, { jobs: [job('succeeded')], nextCursor: null });
    };
    const { stdout } = await run('jobs');
    expect(stdout).toContain('a\\u{1b}]0;owned\\u{7}\\u{9b}2J\\u{202e}.mp4');
    const asJson = await run('jobs', '--json');
    for (const character of ['\u001b', '\u0007', '\u009b', '\u202e'])
      expect(asJson.stdout).not.toContain(character);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ jobs: [job('succeeded')] });
  });

  it('writes no file outside the folder', async () => {
    answer = (_req, res) => {
      res
        .setHeader('content-disposition', 'attachment; filename="../../../evil.mp3"')
        .setHeader('etag', '"1"');
      res.setHeader('content-length', '3').end('abc');
    };
    const { code, stdout } = await run('download', id, '-o', `${folder}/`, '--quiet');
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${join(folder, 'evil.mp3')}\n` });
    expect(await readFile(join(folder, 'evil.mp3'), 'utf8')).toBe('abc');
  });

  it('goes on with a download whose connection breaks again and again', async () => {
    const content = 'abcdefghij';
    answer = (req, res) => {
      const from = Number(/bytes=(\d+)-/.exec(req.headers.range ?? '')?.[1] ?? 0);
      res.setHeader('etag', '"1"').setHeader('content-length', content.length - from);
      if (from > 0) res.statusCode = 206;
      if (req.method === 'HEAD') res.end();
      else
        res.write(content.slice(from, from + 4), () => {
          res.destroy();
        });
    };
    const { code } = await run('download', id, '-o', join(folder, 'x.mp3'));
    expect(code).toBe(0);
    expect(await readFile(join(folder, 'x.mp3'), 'utf8')).toBe(content);
    expect(asked.map(({ headers }) => headers.range)).toEqual([undefined, undefined, 'bytes=4-', 'bytes=8-']);
    expect(await readdir(folder)).toEqual(['x.mp3']);
  });

  it('asks again and again where events do not come through', async () => {
    answer = (req, res) => {
      if (req.url?.endsWith('/events') === true)
        res.setHeader('content-type', 'text/event-stream').end(': nothing\n\n');
      else json(res, job(asked.length > 4 ? 'succeeded' : 'queued'));
    };
    const { code, stdout } = await run('watch', id, '--quiet');
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${id} succeeded\n` });
    expect(asked.filter(({ url }) => url?.endsWith('/events') === true)).toHaveLength(3);
  });

  it('follows events over several streams', async () => {
    answer = (_req, res) => {
      const state = asked.length < 3 ? 'queued' : 'failed';
      res.setHeader('content-type', 'text/event-stream');
      res.end(`id: 1\nevent: job\ndata: ${JSON.stringify(job(state))}\n\n`);
    };
    expect((await run('watch', id, '--quiet')).code).toBe(7);
    expect(asked).toHaveLength(3);
  });

  it('sends the token to nobody else', async () => {
    answer = (_req, res) => res.writeHead(302, { location: 'http://127.0.0.1:9/elsewhere' }).end();
    const { code, stderr } = await run('whoami');
    expect(code).toBe(5);
    expect(stderr).toMatch(/sends everybody on to http:\/\/127\.0\.0\.1:9\/elsewhere.*\(REDIRECTED\)\n$/);
    expect(asked).toHaveLength(1);
  });

  it('says that it is another program, and does not ask again', async () => {
    answer = (_req, res) => {
      res.setHeader('content-type', 'text/html').end('<html>Welcome</html>');
    };
    const { code, stderr } = await run('whoami');
    expect({ code, stderr }).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('is not a clipscribe server'),
    });
    expect(asked).toHaveLength(1);
  });

  it('tries again after 503 when it was told to, says who asks, and stops when it is stopped', async () => {
    answer = (_req, res) => {
      if (asked.length === 1) res.writeHead(503, { 'retry-after': '1' }).end();
      else json(res, { jobs: [], nextCursor: null });
    };
    const { code, stderr } = await run('jobs');
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('trying again') });
    expect(asked[0]?.headers['user-agent']).toMatch(
      /^clipscribe-cli\/\d+\.\d+\.\d+ \(linux; node 24\.0\.0\)$/,
    );
    answer = (_req, res) => {
      res.writeHead(503).end();
      controller.abort(new CliError('INTERRUPTED', 'stopped', { exitCode: 130 }));
    };
    expect(await run('jobs')).toMatchObject({ code: 130, stdout: '' });
  });

  it('believes no other program that something was done', async () => {
    answer = (_req, res) => {
      res.setHeader('content-type', 'text/html').end('<html>Welcome</html>');
    };
    for (const argv of [['transcript'], ['delete', '--yes'], ['cancel'], ['retry']]) {
      const { code, stdout, stderr } = await run(...argv, id);
      expect({ argv, code, stdout, stderr }).toMatchObject({
        code: 6,
        stdout: '',
        stderr: expect.stringContaining('(BAD_ANSWER)'),
      });
    }
  });

  it.each([
    [200, 'BAD_ANSWER'],
    [400, 'HTTP_400'],
  ])('reads no answer of %i that has no end', async (status, code) => {
    answer = (_req, res) => {
      const more = (): void => {
        while (res.write(Buffer.alloc(2 ** 20, 'a')));
      };
      res.writeHead(status).on('drain', more);
      more();
    };
    expect((await run('whoami', '--retry-for', '0')).stderr).toContain(`(${code})`);
  });
});

describe('completion', () => {
  it.each([
    // As bash breaks words.
    ['transcript x --format = s', [':words', 'srt\t']],
    ['transcript x --format =', [':words', 'txt\t', 'srt\t', 'vtt\t', 'json\t', 'tsv\t']],
    ['--server http : //host : 1 jobs --st', [':words', '--state\tonly those in this state']],
    // As zsh and fish have them.
    ['transcript x --format=s', [':words', '--format=srt\t']],
    ['download x --output=p', [':files']],
    ['jobs --nothing=', [':words']],
  ])('of %s', async (line, expected) => {
    const { stdout } = await run('complete', '--', ...line.split(' '));
    expect(stdout.trimEnd().split('\n')).toEqual(
      expected.map((one, n) => (n === expected.length - 1 ? one.trimEnd() : one)),
    );
  });
});

describe('a user who does not do as the server would like', () => {
  it('gets the help when no command is named, and one line of JSON as a script', async () => {
    const person = await run();
    expect(person).toMatchObject({ code: 2, stdout: '' });
    expect(person.stderr).toMatch(/^Usage: clipscribe .*\n\n.*\n\nOptions:\n/);
    expect(person.stderr).toMatch(
      /\nclipscribe: a command has to be named; see clipscribe --help \(USAGE\)\n$/,
    );
    const script = await run('--json');
    expect(JSON.parse(script.stderr)).toMatchObject({ error: { code: 'USAGE', exitCode: 2 } });
  });

  it('is told what is empty', async () => {
    expect((await run('jobs', '--search', ' ')).stderr).toContain('--search must not be empty');
    expect((await run('download', id, '-o', '')).stderr).toContain('--output must not be empty');
  });

  it.each(['a b', 'a\nb', 'ä'])('is told that %j is no token', async (token) => {
    answer = (_req, res) => {
      json(res, { jobs: [], nextCursor: null });
    };
    const { code, stderr } = await runWith({ env: { CLIPSCRIBE_TOKEN: token } }, 'jobs');
    expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('(NOT_LOGGED_IN)') });
    await runWith({ env: { CLIPSCRIBE_TOKEN: 'a.b.c\r\n' } }, 'jobs');
    expect(asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer a.b.c']);
  });

  it('can stop the program while it waits for a password, and a script is told so', async () => {
    const stdin = new Readable({
      read: () => {
        controller.abort(new CliError('INTERRUPTED', 'stopped', { exitCode: 130 }));
      },
    });
    const { code, stderr } = await runWith(
      { stdin },
      ...['login', '--email', 'a@b.de', '--password-stdin', '--json'],
    );
    expect({ code, error: JSON.parse(stderr) as unknown }).toMatchObject({
      code: 130,
      error: { error: { code: 'INTERRUPTED' } },
    });
  });

  it('is told before anything is uploaded that files cannot be moved to there', async () => {
    await writeFile(join(folder, 'a.mp4'), 'a');
    const { code, stderr } = await run('watch-folder', folder, '--once', '--move-to', '/proc');
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('another file system'),
    });
    expect(asked).toEqual([]);
  });

  it('is told of the folder that is not there', async () => {
    answer = (_req, res) => res.setHeader('etag', '"1"').setHeader('content-length', '3').end('abc');
    const { code, stderr } = await run('download', id, '-o', join(folder, 'no', 'x.mp3'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/\/no cannot be written: there is no such file or folder \(CANNOT_WRITE\)\n$/);
  });

  it('uploads a file once that has several names, and not when it changes under way', async () => {
    const path = join(folder, 'talk.mp4');
    const bytes = 2 ** 20;
    await writeFile(path, Buffer.alloc(bytes, 'a'));
    await symlink(path, join(folder, 'latest.mp4'));
    const writer = await open(path, 'r+');
    let received = 0;
    answer = (req, res) => {
      if (req.method === 'POST') res.writeHead(201, { location: `/uploads/${id}` }).end();
      else if (req.method === 'HEAD') res.setHeader('upload-offset', '0').end();
      else {
        // The same size, and another time: in the middle of the file.
        req.once('data', () => void writer.utimes(1, 1));
        req.on('data', (chunk: Buffer) => (received += chunk.length));
      }
    };
    const { code, stderr } = await run('upload', path, join(folder, 'latest.mp4'), `${folder}/./talk.mp4`);
    await writer.close();
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('(FILE_CHANGED)') });
    expect(received).toBeLessThan(bytes);
    expect(asked.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });
});

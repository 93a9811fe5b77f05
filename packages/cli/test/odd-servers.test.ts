import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
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
import { PassThrough } from 'node:stream';
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
  const { port } = server.address() as AddressInfo; // a server on a TCP port has one
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const printed = { stdout: '', stderr: '' };
  streams.stdout.on('data', (chunk: Buffer) => (printed.stdout += chunk.toString()));
  streams.stderr.on('data', (chunk: Buffer) => (printed.stderr += chunk.toString()));
  const env = {
    ...{ CLIPSCRIBE_URL: `http://127.0.0.1:${String(port)}`, CLIPSCRIBE_TOKEN: 'token' },
    ...{ XDG_CONFIG_HOME: join(folder, 'config'), XDG_STATE_HOME: join(folder, 'state') },
  };
  const host = {
    env,
    platform: 'linux' as const,
    nodeVersion: '24.0.0',
    stdin: new PassThrough(),
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
});

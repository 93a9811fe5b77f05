import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '@clipscribe/private-servers';
import type { Replica, Stack } from '../../stack/start-stack.ts';
import { Client } from '../support/client.ts';
import { inspect, makeRecording } from '../support/media.ts';
import { describeOnServers } from '../support/platforms.ts';
import { storedInGridfs } from '../support/gridfs.ts';
import { soon } from '../support/soon.ts';
import { startStack } from '../support/stack.ts';
import { adminEmail, adminPassword, startSuite } from '../support/suite-process.ts';
import { Cable, TusClient, uploadWithTusJs } from '../support/tus.ts';

const run = promisify(execFile);
const MIB = 2 ** 20;
const options = { TRANSCRIBER: 'none' };

/** A recording long enough to be interrupted while it is sent. */
async function recordingIn(folder: string): Promise<{ bytes: Buffer; seconds: number; sha256: string }> {
  const path = await makeRecording(folder, 200);
  const bytes = await readFile(path);
  const { durationSeconds: seconds } = await inspect(path);
  return { bytes, seconds, sha256: createHash('sha256').update(bytes).digest('hex') };
}

describe('resumable uploads (embedded)', () => {
  let folder: string;
  let recording: Awaited<ReturnType<typeof recordingIn>>;
  let port: string;
  let running: Awaited<ReturnType<typeof startSuite>> | undefined;

  /** One at a time; the one that a test leaves is stopped after it. */
  async function start(data: string, env: Record<string, string> = {}): Promise<{ url: string }> {
    running = await startSuite(join(folder, data), { ...options, ...env });
    return running;
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-tus-'));
    recording = await recordingIn(folder);
    port = String(await freePort());
  });
  afterEach(() => running?.stop());
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('tus-js-client goes on after a kill -9 in the middle of a PATCH, and after a stop', async () => {
    const { bytes, seconds, sha256 } = recording;
    const first = await start('data', { PORT: port });
    const client = await Client.login(first.url, adminEmail, adminPassword);
    let killed: Promise<unknown> | undefined;
    let stopped: Promise<unknown> | undefined;
    const again = async (signal: NodeJS.Signals): Promise<unknown> => {
      await running?.stop(signal);
      return start('data', { PORT: port });
    };
    const id = await uploadWithTusJs(client, bytes, {
      metadata: { filename: 'talk.mp4' },
      // So that there are parts from before the kill.
      chunkSize: Math.ceil(bytes.length / 4),
      onSent: (sent) => {
        if (sent > bytes.length * 0.4) killed ??= again('SIGKILL');
        if (sent > bytes.length * 0.8) stopped ??= killed?.then(() => again('SIGTERM'));
      },
    });
    expect([killed, stopped]).not.toContain(undefined);
    await stopped;
    const ended = await client.ended(id);
    expect(ended).toMatchObject({ state: 'succeeded', source: { name: 'talk.mp4', sha256 } });
    expect(ended.audio.durationSeconds).toBeCloseTo(seconds, -1);
    const listed = (await (await client.fetch('/jobs')).json()) as { jobs: unknown[] }; // the contract of /jobs
    expect(listed.jobs).toHaveLength(1);
  });

  it('curl does it too', async () => {
    const suite = await start('curl');
    const { token } = await Client.login(suite.url, adminEmail, adminPassword);
    const [half, rest] = [join(folder, 'half'), join(folder, 'rest')];
    const { bytes, sha256 } = recording;
    const middle = bytes.length >> 1;
    await writeFile(half, bytes.subarray(0, middle));
    await writeFile(rest, bytes.subarray(middle));
    const curl = async (...args: string[]): Promise<string> => {
      const common = ['-sS', '-D', '-', '-H', `Authorization: Bearer ${token}`, '-H', 'Tus-Resumable: 1.0.0'];
      return (await run('curl', [...common, ...args])).stdout;
    };
    const created = await curl(
      ...['-X', 'POST', '-H', `Upload-Length: ${String(bytes.length)}`],
      ...[
        '-H',
        `Upload-Metadata: filename ${btoa('talk.mp4')},title ${btoa('Talk')}`,
        `${suite.url}/uploads`,
      ],
    );
    expect(created).toMatch(/^HTTP\/1.1 201 /);
    const [, path = ''] = /^Location: (.*)\r$/im.exec(created) ?? [];
    const patch = (offset: number, file: string): Promise<string> =>
      curl(
        ...['-X', 'PATCH', '-H', `Upload-Offset: ${String(offset)}`, '--data-binary', `@${file}`],
        ...['-H', 'Content-Type: application/offset+octet-stream', `${suite.url}${path}`],
      );
    expect(await patch(0, half)).toMatch(/^HTTP\/1.1 204 /m);
    expect(await curl('--head', `${suite.url}${path}`)).toMatch(
      new RegExp(`^Upload-Offset: ${String(middle)}\r$`, 'im'),
    );
    expect(await patch(middle, rest)).toMatch(/^Clipscribe-Job: [0-9a-f-]{36}\r$/im);
    const ended = await new Client(suite.url, token).ended(path.slice('/uploads/'.length));
    expect(ended).toMatchObject({
      state: 'succeeded',
      source: { sha256 },
      options: { title: 'Talk' },
    });
  });
});

describeOnServers('resumable uploads through two gateways on real servers', () => {
  let folder: string;
  let stack: Stack;
  let other: Replica;
  /** The same user at both gateways. */
  let clients: [Client, Client];
  let recording: Awaited<ReturnType<typeof recordingIn>>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-tus-'));
    recording = await recordingIn(folder);
    stack = await startStack(join(folder, 'data'), options);
    other = await stack.replica('gateway', 'gateway-2');
    await other.process.start();
    const first = await Client.login(stack.url, adminEmail, adminPassword);
    clients = [first, new Client(other.url, first.token)];
  });
  afterAll(async () => {
    await other.process.stop();
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** The job has come to its end with all bytes that were sent, and there is no other of this upload. */
  async function expectWhole(id: string): Promise<void> {
    const ended = await clients[1].ended(id, 150_000);
    expect(ended).toMatchObject({ state: 'succeeded', run: 1, source: { sha256: recording.sha256 } });
    expect(ended.audio.durationSeconds).toBeCloseTo(recording.seconds, -1);
    const answer = await (await clients[0].fetch('/jobs?limit=100')).json();
    const { jobs } = answer as { jobs: { id: string }[] }; // the contract of /jobs
    expect(jobs.filter((job) => job.id === id)).toHaveLength(1);
    expect((await clients[0].fetch(`/jobs/${id}`, { method: 'DELETE' })).status).toBe(204);
    await soon(async () => (await storedInGridfs(stack.urls.FILES_URL)).length === 0);
  }

  it('that take turns at each chunk', async () => {
    const { bytes } = recording;
    const [one, two] = clients.map((client) => new TusClient(client)) as [TusClient, TusClient]; // as many as before
    const path = await one.create(bytes.length, { filename: 'talk.mp4' });
    let turn = 0;
    let last: Response | undefined;
    for (let offset = 0; offset < bytes.length; offset += MIB) {
      turn += 1;
      const piece = bytes.subarray(offset, offset + MIB);
      last = await (turn % 2 === 0 ? one : two).patch(path, offset, piece);
      expect(last.status).toBe(204);
      if (turn % 5 !== 0) continue;
      const standing = await (turn % 2 === 0 ? two : one).head(path);
      expect(standing.headers.get('upload-offset')).toBe(String(offset + piece.length));
    }
    await expectWhole(last?.headers.get('clipscribe-job') ?? '');
  });

  it('of which one is killed in the middle of a PATCH, and the client goes on at it when it is back', async () => {
    const { bytes } = recording;
    let restarted: Promise<void> | undefined;
    const id = await uploadWithTusJs(clients[0], bytes, {
      onSent: (sent) => {
        if (sent < bytes.length / 3) return;
        restarted ??= stack.services.gateway.signal('SIGKILL').then(() => stack.services.gateway.start());
      },
    });
    await restarted;
    expect(restarted).toBeDefined();
    await expectWhole(id);
  });

  it('when the plug is pulled in the middle of a PATCH: the other one takes over', async () => {
    const { bytes } = recording;
    const [one, two] = clients.map((client) => new TusClient(client)) as [TusClient, TusClient]; // as many as before
    const cable = await Cable.to(clients[0].url);
    const path = await one.create(bytes.length);
    const hanging = new TusClient(new Client(cable.url, clients[0].token));
    await one.patch(path, 0, bytes.subarray(0, 10 * MIB));
    const lost = hanging.patch(path, 10 * MIB, bytes.subarray(10 * MIB)).catch(() => undefined);
    await soon(async () => (await storedInGridfs(stack.urls.FILES_URL)).length > 1);
    cable.pull();
    const offset = Number((await two.head(path)).headers.get('upload-offset'));
    expect(offset).toBeGreaterThanOrEqual(10 * MIB);
    const last = await two.patch(path, offset, bytes.subarray(offset));
    expect(last.status).toBe(204);
    await cable.close();
    await lost;
    await expectWhole(last.headers.get('clipscribe-job') ?? '');
  });

  it('that get the last bytes ten times at once: one job', async () => {
    const { bytes } = recording;
    const [one, two] = clients.map((client) => new TusClient(client)) as [TusClient, TusClient]; // as many as before
    const path = await one.create(bytes.length);
    const start = bytes.length - 100_000;
    await one.patch(path, 0, bytes.subarray(0, start));
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        (n % 2 === 0 ? one : two).patch(path, start, bytes.subarray(start)),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 204)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(9);
    await expectWhole(path.slice('/uploads/'.length));
  });
});

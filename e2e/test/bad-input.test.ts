import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newId, type JobView } from '@clipscribe/contracts';
import { Client, filePart } from '../support/client.ts';
import { ffmpeg } from '../support/media.ts';
import { describeOnEachPlatform } from '../support/platforms.ts';
import type { Running } from '../support/running.ts';
import { adminEmail, adminPassword } from '../support/suite-process.ts';

describeOnEachPlatform('what a person mistypes', (start) => {
  let folder: string;
  let suite: Running;
  let client: Client;
  let stranger: Client;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-bad-input-'));
    suite = await start(join(folder, 'data'), {
      MAX_UPLOAD: '2MB',
      REGISTRATION: 'open',
      TRANSCRIBER: 'none',
    });
    client = await Client.login(suite.url, adminEmail, adminPassword);
    const account = { email: 'eve@example.org', password: 'purple teapot orbits' };
    const registered = await fetch(`${suite.url}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(account),
    });
    expect(registered.status).toBe(201);
    stranger = await Client.login(suite.url, account.email, account.password);
  });
  afterAll(async () => {
    await suite.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function expectProblem(answer: Response, status: number, code: string): Promise<void> {
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const body = (await answer.json()) as { code: string; detail: string };
    expect(body.code).toBe(code);
    expect(body.detail).toMatch(/\.$/);
  }

  async function fileWith(name: string, content: string | Buffer): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  }

  /** The job that an upload of this file ends as. */
  async function outcomeOf(path: string): Promise<JobView> {
    const [job] = await client.upload([await filePart(path)]);
    return client.ended(job?.id ?? '');
  }

  it('no token', async () => {
    await expectProblem(await fetch(`${suite.url}/jobs`), 401, 'NO_TOKEN');
  });

  it('a wrong password, and an unknown user', async () => {
    for (const user of [`${adminEmail}:wrong`, 'nobody@example.org:wrong']) {
      const authorization = `Basic ${Buffer.from(user).toString('base64')}`;
      const answer = await fetch(`${suite.url}/login`, { method: 'POST', headers: { authorization } });
      await expectProblem(answer, 401, 'WRONG_CREDENTIALS');
    }
  });

  it('a token that is not one', async () => {
    await expectProblem(await new Client(suite.url, 'abc').fetch('/jobs'), 401, 'INVALID_TOKEN');
  });

  it('an empty file', async () => {
    const { status, body } = await client.post([await filePart(await fileWith('empty.mp4', ''))]);
    expect(status).toBe(422);
    expect(JSON.parse(body)).toMatchObject({ code: 'EMPTY_FILE' });
  });

  it('a file over the limit', async () => {
    const { status, body } = await client.post([
      await filePart(await fileWith('large.mp4', Buffer.alloc(2_100_000))),
    ]);
    expect(status).toBe(413);
    expect(JSON.parse(body)).toMatchObject({ code: 'TOO_LARGE' });
  });

  it('no file, and a misspelt option', async () => {
    expect(JSON.parse((await client.post([])).body)).toMatchObject({ code: 'NO_FILE' });
    const path = await fileWith('some.mp4', 'some');
    const misspelt = await client.post([await filePart(path)], { langauge: 'en' });
    expect(misspelt.status).toBe(400);
    expect(JSON.parse(misspelt.body)).toMatchObject({ code: 'INVALID_OPTION' });
  });

  it('text that is called .mp4 gives a failed job, once', async () => {
    const job = await outcomeOf(await fileWith('text.mp4', 'This is not a video at all.\n'.repeat(50)));
    expect(job).toMatchObject({ state: 'failed', error: { code: 'NOT_MEDIA' }, run: 1 });
    await expectProblem(await client.fetch(`/jobs/${job.id}/audio`), 409, 'NOT_AVAILABLE');
  });

  it('a video without sound gives a failed job', async () => {
    const path = join(folder, 'silent.mp4');
    await ffmpeg('-f', 'lavfi', '-i', 'testsrc2=duration=1:size=128x72', path);
    expect(await outcomeOf(path)).toMatchObject({ state: 'failed', error: { code: 'NO_AUDIO_TRACK' } });
  });

  it('an unknown id, a malformed one, and one of somebody else', async () => {
    const [job] = await client.upload([await filePart(await fileWith('mine.mp4', 'mine'))]);
    const ended = await client.ended(job?.id ?? '');
    await expectProblem(await client.fetch(`/jobs/${newId()}`), 404, 'NOT_FOUND');
    await expectProblem(await client.fetch('/jobs/42'), 404, 'NOT_FOUND');
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/events'],
      ['GET', '/audio'],
      ['GET', '/transcript'],
      ['POST', '/retry'],
      ['POST', '/cancel'],
      ['DELETE', ''],
    ] as const) {
      await expectProblem(await stranger.fetch(`/jobs/${ended.id}${path}`, { method }), 404, 'NOT_FOUND');
    }
    await expectProblem(await stranger.fetch(`/download?fid=${newId()}`), 404, 'NOT_FOUND');
  });

  it('an unknown transcript format', async () => {
    const [job] = await client.upload([await filePart(await fileWith('other.mp4', 'other'))]);
    const ended = await client.ended(job?.id ?? '');
    await expectProblem(await client.fetch(`/jobs/${ended.id}/transcript?format=doc`), 400, 'UNKNOWN_FORMAT');
  });

  it('a wrong method, and a path that is not there', async () => {
    await expectProblem(await client.fetch('/upload'), 405, 'METHOD_NOT_ALLOWED');
    await expectProblem(await client.fetch('/nowhere'), 404, 'NOT_FOUND');
  });
});

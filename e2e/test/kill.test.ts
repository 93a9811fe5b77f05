import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobView } from '@clipscribe/contracts';
import { Client, filePart } from '../support/client.ts';
import { makeClip, makeRecording, makeSpeech } from '../support/media.ts';
import { mediaProcesses } from '../support/promises/media-processes.ts';
import { soon } from '../support/soon.ts';
import { adminEmail, adminPassword, startSuite } from '../support/suite-process.ts';

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

/**
 * Makes all files two hours old. A kill between a file and the change that makes it part of its job leaves the file
 * for the sweeper, who leaves young ones alone.
 */
async function agePast(store: string): Promise<void> {
  const then = Date.now() - 2 * 3600 * 1000;
  for (const entry of await readdir(store, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    if (entry.name.endsWith('.json')) {
      const record = JSON.parse(await readFile(path, 'utf8')) as object; // the store's own record of a file
      await writeFile(path, JSON.stringify({ ...record, createdAt: then }));
    }
    await utimes(path, then / 1000, then / 1000);
  }
}

describe('kill -9 of everything', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-kill-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('in the middle of a conversion: the next start finishes the job, and no ffmpeg is left', async () => {
    const data = join(folder, 'data');
    const recording = await makeRecording(folder, 900);
    const first = await startSuite(data, { TRANSCRIBER: 'none' });
    const client = await Client.login(first.url, adminEmail, adminPassword);
    const [job] = await client.upload([await filePart(recording)]);
    await client.until(job?.id ?? '', ({ audio }) => audio.state === 'running' && audio.progress > 0);
    expect(mediaProcesses(folder)).not.toEqual([]);
    await first.stop('SIGKILL');
    // The kernel kills them with their parent; their own end takes a moment.
    await soon(() => Promise.resolve(mediaProcesses(folder).length === 0));

    const second = await startSuite(data, { TRANSCRIBER: 'none' });
    const again = new Client(second.url, client.token);
    const ended = await again.ended(job?.id ?? '');
    expect(ended).toMatchObject({ state: 'succeeded', audio: { state: 'done' } });
    expect(ended.audio.durationSeconds).toBeCloseTo(900, -1);
    await second.stop();
    expect(await filesUnder(join(data, 'work'))).toEqual([]);
  });

  it('at moments spread over all stages: every accepted upload ends once, with one mail', async () => {
    const data = join(folder, 'data');
    const clips = [
      await makeClip(join(folder, 'one.mp4'), 10, 1),
      await makeSpeech(folder, 'two', 'Nothing is lost when the power goes out.'),
      await makeSpeech(folder, 'three', 'Every accepted upload ends exactly once.'),
    ];
    const accepted: string[] = [];
    let token = '';
    for (const killAfterMs of [60, 150, 300, 500, 900, 1500]) {
      const suite = await startSuite(data);
      const client =
        token === ''
          ? await Client.login(suite.url, adminEmail, adminPassword)
          : new Client(suite.url, token);
      token = client.token;
      const uploads = Promise.allSettled(
        clips.map(async (clip, index) => {
          const fields = index === 0 ? { transcript: 'false' } : {};
          const jobs = await client.upload([await filePart(clip)], fields);
          accepted.push(...jobs.map(({ id }) => id));
        }),
      );
      await delay(killAfterMs);
      await suite.stop('SIGKILL');
      await uploads;
    }
    expect(accepted.length).toBeGreaterThan(0);

    const healed = await startSuite(data);
    const client = new Client(healed.url, token);
    for (const id of accepted) expect(await client.ended(id)).toMatchObject({ state: 'succeeded' });
    const { jobs } = (await (await client.fetch('/jobs?limit=100')).json()) as { jobs: JobView[] };
    for (const { id } of jobs) await client.ended(id);
    // Message-IDs name the outbox's files: one a job, whether its 202 was seen or not.
    const mails = async (): Promise<number> =>
      (await readdir(join(data, 'outbox'))).filter((name) => name.endsWith('.eml')).length;
    await soon(async () => (await mails()) >= jobs.length);
    await healed.stop();
    expect(await mails()).toBe(jobs.length);
    // Source, MP3 and transcript with a record each, and nothing of what was interrupted.
    const kept = jobs.reduce((sum, { options }) => sum + (options.transcript ? 3 : 2), 0);
    await agePast(join(data, 'store'));
    const swept = await startSuite(data);
    await soon(async () => (await filesUnder(join(data, 'store'))).length <= kept * 2);
    await swept.stop();
    expect(await filesUnder(join(data, 'store'))).toHaveLength(kept * 2);
    expect(await filesUnder(join(data, 'work'))).toEqual([]);
    expect(mediaProcesses(folder)).toEqual([]);
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { spawnSpeechApi, type SpawnedSpeechApi } from '@clipscribe/converter/testing';
import { uploadAnswerSchema, type JobView } from '@clipscribe/contracts';
import { Client, filePart, type UploadPart } from '../support/client.ts';
import { ffmpeg, makeTalk } from '../support/media.ts';
import { describeOnEachPlatform } from '../support/platforms.ts';
import type { Running } from '../support/running.ts';
import { soon } from '../support/soon.ts';
import { adminEmail, adminPassword } from '../support/suite-process.ts';

/** The figure is promised for 500, which take minutes: FAIRNESS_JOBS=500. */
const JOBS = Number(process.env['FAIRNESS_JOBS'] ?? 30);
const FILES_AT_ONCE = 10;
/** Of them; the rest takes long when there are 500. */
const WAITED_FOR = 50;

const TALK_SECONDS = 100;
const CHUNK_SECONDS = 5;
const HEAR_MS = 300;

describeOnEachPlatform('two users beside each other, and one worker', (start) => {
  let folder: string;
  let api: SpawnedSpeechApi;
  let running: Running;
  let many: Client;
  let one: Client;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-fairness-'));
    api = await spawnSpeechApi({ behaviour: { kind: 'words', delayMs: HEAR_MS } });
    running = await start(join(folder, 'data'), {
      TRANSCRIBER: 'openai',
      OPENAI_BASE_URL: api.url,
      OPENAI_API_KEY: api.key,
      CHUNK_SECONDS: String(CHUNK_SECONDS),
      VIDEO_SLOTS: '1',
      TRANSCRIBE_SLOTS: '1',
      REGISTRATION: 'open',
    });
    many = await Client.login(running.url, adminEmail, adminPassword);
    const ada = { email: 'ada@example.org', password: 'no clouds above the northern pier' };
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(ada);
    expect((await fetch(`${running.url}/register`, { method: 'POST', headers, body })).ok).toBe(true);
    one = await Client.login(running.url, ada.email, ada.password);
  });
  afterAll(async () => {
    await running.stop();
    await api.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function uploadMany(part: UploadPart, count: number): Promise<JobView[]> {
    const jobs: JobView[] = [];
    while (jobs.length < count) {
      const parts = Array.from({ length: Math.min(FILES_AT_ONCE, count - jobs.length) }, () => part);
      const { status, body } = await many.post(parts, { transcript: 'false' });
      // A busy database may not answer in time; then the client comes again.
      if (status === 503) continue;
      expect(status).toBe(202);
      jobs.push(...uploadAnswerSchema.parse(JSON.parse(body)).jobs);
    }
    return jobs;
  }

  const timeOf = (date: string | undefined): number => Date.parse(date ?? '');

  it(
    `${String(JOBS)} uploads do not stand before the one of another user`,
    async () => {
      const clip = join(folder, 'clip.mp4');
      const sound = 'sine=frequency=440:duration=2';
      await ffmpeg('-f', 'lavfi', '-i', sound, '-c:a', 'aac', clip);
      const part = await filePart(clip);
      const jobs = await uploadMany(part, JOBS);
      const [job] = await one.upload([part], { transcript: 'false' });
      const mine = await one.ended(job?.id ?? '', 300_000);
      // All are told apart by now: those that ended before, and those that have not.
      const theirs: JobView[] = [];
      for (const { id } of jobs) theirs.push(await many.job(id));
      expect(mine.state).toBe('succeeded');
      // With one worker, jobs end in the order in which they begin.
      const before = theirs.filter(
        ({ finishedAt }) =>
          timeOf(finishedAt) > timeOf(mine.createdAt) && timeOf(finishedAt) < timeOf(mine.finishedAt),
      );
      const left = theirs.filter(
        ({ finishedAt }) => finishedAt === undefined || timeOf(finishedAt) > timeOf(mine.finishedAt),
      );
      // The one that was under way, and those that began.
      expect(before.length).toBeLessThanOrEqual(1 + 2);
      // Otherwise they were over before, and nothing was tried.
      expect(left.length).toBeGreaterThan(3);
      for (const { id } of jobs.slice(0, WAITED_FOR))
        expect(await many.ended(id, 600_000)).toMatchObject({ state: 'succeeded' });
    },
    20_000 + JOBS * 3000,
  );

  it('the chunks of a long recording do not stand before the one of another user', async () => {
    const talk = await filePart(await makeTalk(folder, TALK_SECONDS));
    const short = await filePart(await makeTalk(folder, CHUNK_SECONDS - 1));
    const [long] = await many.upload([talk], { language: 'de' });
    await soon(async () => (await api.control.report()).count >= 2, 60_000);
    const [job] = await one.upload([short], { language: 'en' });
    const id = job?.id ?? '';
    await one.until(id, ({ state }) => state === 'transcribing' || state === 'succeeded', { pollMs: 20 });
    const { count } = await api.control.report();
    expect(await one.ended(id)).toMatchObject({ state: 'succeeded' });
    const { received } = await api.control.report();
    const place = received.findIndex(({ language }) => language === 'en');
    expect(place - count).toBeLessThanOrEqual(2);
    expect((await many.job(long?.id ?? '')).state).toBe('transcribing');
    expect(await many.ended(long?.id ?? '')).toMatchObject({ state: 'succeeded' });
    // Each chunk once, whoever's message it was.
    const { perFile } = await api.control.report();
    expect(Object.values(perFile).every((requests) => requests === 1)).toBe(true);
  });
});

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import PostalMime from 'postal-mime';
import type { JobView } from '@clipscribe/contracts';
import { Client, filePart } from '../support/client.ts';
import { soon } from '../support/soon.ts';
import { inspect, makeSpeech } from '../support/media.ts';
import { describeOnEachPlatform } from '../support/platforms.ts';
import type { Running } from '../support/running.ts';
import { adminEmail, adminPassword } from '../support/suite-process.ts';

const SPOKEN = 'The quick brown fox jumps over the lazy dog. This is the first sentence of a test.';

describeOnEachPlatform('one video, all the way', (start) => {
  let folder: string;
  let suite: Running;
  let client: Client;
  let job: JobView;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-mission-'));
    const video = await makeSpeech(folder, 'talk', SPOKEN);
    suite = await start(join(folder, 'data'));
    client = await Client.login(suite.url, adminEmail, adminPassword);
    const [accepted] = await client.upload([await filePart(video)], {
      title: 'My "first" talk',
      quality: 'V4',
    });
    job = await client.ended(accepted?.id ?? '');
  });
  afterAll(async () => {
    await suite.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('ends as succeeded, with both halves done', () => {
    expect(job).toMatchObject({
      state: 'succeeded',
      audio: { state: 'done', progress: 1 },
      transcript: { state: 'done', progress: 1, engine: 'pocketsphinx', language: 'en' },
    });
    expect(job.error).toBeUndefined();
  });

  it('gives an MP3 that plays, with tags of its own', async () => {
    const path = join(folder, 'talk.mp3');
    const answer = await client.fetch(`/download?fid=${job.audio.fileId ?? ''}`);
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename=talk.mp3');
    await writeFile(path, Buffer.from(await answer.arrayBuffer()));
    const media = await inspect(path);
    expect(media.codec).toBe('mp3');
    expect(media.durationSeconds).toBeCloseTo(job.audio.durationSeconds ?? 0, 0);
    expect(media.tags).toMatchObject({ title: 'My "first" talk', artist: 'clipscribe' });
  });

  it('gives the words that were spoken', async () => {
    const text = await (await client.fetch(`/jobs/${job.id}/transcript`)).text();
    for (const word of ['quick', 'brown', 'fox', 'lazy', 'dog', 'first', 'sentence'])
      expect(text).toContain(word);
    const json = (await (await client.fetch(`/jobs/${job.id}/transcript?format=json`)).json()) as {
      words: unknown[];
    };
    expect(json.words.length).toBeGreaterThan(10);
  });

  it('tells the owner by one mail with the file id', async () => {
    const { outbox } = suite;
    // The mail follows the end of the job; the notice is written down when it has left.
    await soon(async () => (await readdir(outbox)).filter((name) => name.endsWith('.eml')).length === 1);
    const [name = ''] = (await readdir(outbox)).filter((entry) => entry.endsWith('.eml'));
    const mail = await PostalMime.parse(await readFile(join(outbox, name)));
    expect(mail.to?.map(({ address }) => address)).toEqual([adminEmail]);
    expect(mail.messageId).toBe(`<ready.${job.id}.1@clipscribe>`);
    expect(mail.text?.split(/\r?\n/)).toContain(`mp3 file_id: ${job.audio.fileId ?? ''} is now ready!`);
    expect(mail.html).toContain(`/download?fid=${job.audio.fileId ?? ''}`);
  });

  it('follows a job by server-sent events until it ends', async () => {
    const [next] = await client.upload([await filePart(join(folder, 'talk.mp4'))], { transcript: 'false' });
    const stream = await (await client.fetch(`/jobs/${next?.id ?? ''}/events`)).text();
    const states = [...stream.matchAll(/^data: (.*)$/gm)].map(
      ([, data = '']) => (JSON.parse(data) as JobView).state,
    );
    expect(states.at(-1)).toBe('succeeded');
  });

  it('deletes a job with everything that belongs to it', async () => {
    const jobs = ((await (await client.fetch('/jobs')).json()) as { jobs: JobView[] }).jobs;
    expect(jobs).toHaveLength(2);
    for (const { id } of jobs)
      expect((await client.fetch(`/jobs/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await client.fetch(`/jobs/${job.id}`)).status).toBe(404);
    expect((await client.fetch(`/download?fid=${job.audio.fileId ?? ''}`)).status).toBe(404);
    expect(await suite.storedFiles()).toEqual([]);
  });
});

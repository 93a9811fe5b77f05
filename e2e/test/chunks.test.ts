import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { faults, spawnSpeechApi, type SpawnedSpeechApi } from '@clipscribe/converter/testing';
import type { Stack } from '../../stack/start-stack.ts';
import { Client, filePart } from '../support/client.ts';
import { ffmpeg, makeSpeech, makeTalk } from '../support/media.ts';
import { describeOnServers } from '../support/platforms.ts';
import { soon } from '../support/soon.ts';
import { startStack } from '../support/stack.ts';
import { adminEmail, adminPassword } from '../support/suite-process.ts';

const SECONDS = 120;
const CHUNK_SECONDS = 10;

const words = { kind: 'words', delayMs: 500 } as const;

describeOnServers('transcripts by a speech API', () => {
  let folder: string;
  let api: SpawnedSpeechApi;
  let stack: Stack;
  let client: Client;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-chunks-'));
    api = await spawnSpeechApi({ behaviour: words });
    stack = await startStack(join(folder, 'data'), {
      TRANSCRIBER: 'openai',
      OPENAI_BASE_URL: api.url,
      OPENAI_API_KEY: api.key,
      CHUNK_SECONDS: String(CHUNK_SECONDS),
      TRANSCRIBE_SLOTS: '1',
    });
    client = await Client.login(stack.url, adminEmail, adminPassword);
  });
  afterAll(async () => {
    await stack.stop();
    await api.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('a refused key: the MP3 is there, and the job says why there is no transcript', async () => {
    const speech = await makeSpeech(folder, 'speech', 'Nobody will ever read this sentence.');
    await api.control.order({ always: faults.wrongKey });
    const [job] = await client.upload([await filePart(speech)]);
    const ended = await client.ended(job?.id ?? '');
    expect(ended).toMatchObject({
      state: 'partial',
      error: { code: 'PROVIDER_AUTH' },
      audio: { state: 'done' },
      transcript: { state: 'failed' },
    });
    expect((await client.fetch(`/jobs/${ended.id}/audio`)).status).toBe(200);
  });

  it('a recording without speech: nothing is paid, and the job says so', async () => {
    await api.control.reset();
    const silent = join(folder, 'silent.mp4');
    await ffmpeg(
      '-f',
      'lavfi',
      '-i',
      'anoisesrc=color=pink:amplitude=0.01:duration=20',
      '-c:a',
      'aac',
      silent,
    );
    const [job] = await client.upload([await filePart(silent)]);
    const ended = await client.ended(job?.id ?? '');
    expect(ended).toMatchObject({ state: 'succeeded', transcript: { state: 'done', speech: 'none' } });
    expect(await (await client.fetch(`/jobs/${ended.id}/transcript`)).text()).toBe('');
    expect((await api.control.report()).count).toBe(0);
  });

  it('killed in the middle: pays for no chunk twice but the one that was under way', async () => {
    await api.control.reset();
    await api.control.order({ always: words });
    const talk = await makeTalk(folder, SECONDS);
    const [job] = await client.upload([await filePart(talk)]);
    await soon(async () => (await api.control.report()).count >= 7, 60_000);
    await stack.services.converter.signal('SIGKILL');
    await stack.services.converter.start();
    const ended = await client.ended(job?.id ?? '', 180_000);
    expect(ended).toMatchObject({ state: 'succeeded', transcript: { state: 'done', progress: 1 } });

    const { count, perFile } = await api.control.report();
    const chunks = Object.keys(perFile).length;
    expect(chunks).toBeGreaterThanOrEqual(SECONDS / CHUNK_SECONDS);
    expect(count).toBeLessThanOrEqual(chunks + 1);
    // The stand-in hears words all the time: a hole would show as a long pause between two of them.
    const answer = await client.fetch(`/jobs/${ended.id}/transcript?format=json`);
    const { segments } = (await answer.json()) as { segments: { start: number; end: number }[] };
    expect(segments[0]?.start).toBeLessThan(1);
    expect(segments.at(-1)?.end).toBeGreaterThan(SECONDS - 1);
    for (const [index, { start }] of segments.entries())
      expect(start - (segments[index - 1]?.end ?? 0)).toBeLessThan(1);
  });
});

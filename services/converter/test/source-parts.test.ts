import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { MediaLab } from './media-lab.ts';
import { WorkerBench } from './worker-bench.ts';

let lab: MediaLab;
let bench: WorkerBench;
let clip: string;
let content: Buffer;

beforeAll(async () => {
  lab = await MediaLab.open();
  clip = await lab.make('mp4', '-f', 'lavfi', '-i', 'sine=f=440:r=44100:d=5', '-c:a', 'aac');
  content = await readFile(clip);
});
afterAll(() => lab.close());

beforeEach(async () => {
  bench = await WorkerBench.open(lab);
});
afterEach(async () => {
  expect(await bench.leftovers()).toEqual([]);
  await bench.close();
});

it('a recording that was uploaded in parts is one, whose hash is known then', async () => {
  const { id, source } = await bench.acceptInParts(clip, 10_007);
  expect(source.parts?.length).toBeGreaterThan(3);
  expect(source).not.toHaveProperty('sha256');
  await bench.start();
  const { job } = await bench.outcome(id);
  expect(job).toMatchObject({ state: 'succeeded', source: { ...source, bytes: content.length } });
  expect(job.audio.durationSeconds).toBeCloseTo(5, 0);
  expect(job.source.sha256).toBe(createHash('sha256').update(content).digest('hex'));
});

it('a recording of one part is read like any other', async () => {
  const { id } = await bench.acceptInParts(clip, content.length);
  await bench.start();
  expect((await bench.outcome(id)).job).toMatchObject({ state: 'succeeded' });
});

it('a recording of which a part is gone fails with SOURCE_MISSING', async () => {
  const { id, source } = await bench.acceptInParts(clip, 10_007);
  await bench.files.delete(source.parts?.[2] ?? '');
  await bench.start();
  const { job } = await bench.outcome(id);
  expect(job).toMatchObject({ state: 'failed', error: { code: 'SOURCE_MISSING' } });
});

it('a recording of which a part is too short is not converted', async () => {
  const { id } = await bench.acceptInParts(clip, 10_007);
  await bench.apply(id, (job) => ({ ...job, source: { ...job.source, bytes: job.source.bytes + 1 } }));
  await bench.start();
  const job = await bench.until(id, ({ error }) => error !== undefined);
  expect(job).toMatchObject({ state: 'queued', error: { code: 'INTERNAL' } });
  expect(job.audio).not.toHaveProperty('fileId');
});

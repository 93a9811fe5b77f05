import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { Client, filePart } from '../../e2e/support/client.ts';
import { ffmpeg, makeRecording } from '../../e2e/support/media.ts';
import type { StartPlatform } from '../../e2e/support/running.ts';
import { adminEmail, adminPassword } from '../../e2e/support/suite-process.ts';
import { median, secondsOf, type Measure } from './measure.ts';

const RECORDING_SECONDS = 600;
const ROUNDS = 3;

/** (a) From the end of the upload to the finished MP3, divided by ffmpeg alone on the same file. */
export async function measureConversion(
  folder: string,
  start: StartPlatform,
  limit: number,
): Promise<Measure> {
  const recording = await makeRecording(folder, RECORDING_SECONDS);
  const suite = await start(join(folder, 'conversion'), { TRANSCRIBER: 'none' });
  const client = await Client.login(suite.url, adminEmail, adminPassword);
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const output = join(folder, 'bare.mp3');
    bare.push(
      await secondsOf(() => ffmpeg('-i', recording, '-vn', '-c:a', 'libmp3lame', '-q:a', '2', output)),
    );
    await rm(output);
    const [job] = await client.upload([await filePart(recording)], { quality: 'V2' });
    const uploadedAt = performance.now();
    const done = await client.until(
      job?.id ?? '',
      ({ audio }) => audio.state !== 'pending' && audio.state !== 'running',
      { pollMs: 25 },
    );
    if (done.audio.state !== 'done') throw new Error(`not converted: ${JSON.stringify(done)}`);
    ours.push((performance.now() - uploadedAt) / 1000);
    await client.fetch(`/jobs/${done.id}`, { method: 'DELETE' });
  }
  await suite.stop();
  return {
    id: 'a',
    what: 'upload finished → mp3 ready, 10 min of 720p, ÷ bare ffmpeg',
    value: median(ours) / median(bare),
    unit: '×',
    limit: { kind: 'at most', value: limit },
    details: { oursSeconds: ours, bareSeconds: bare },
  };
}

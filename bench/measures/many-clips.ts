import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Client, filePart } from '../../e2e/support/client.ts';
import { ffmpeg, makeClip } from '../../e2e/support/media.ts';
import { adminEmail, adminPassword, startSuite } from '../../e2e/support/suite-process.ts';
import { secondsOf, type Measure } from './measure.ts';

const CLIPS = 60;
const DISTINCT = 6;
const CLIP_SECONDS = 5;
const UPLOADS_AT_ONCE = 4;

/** (d) Many short clips: wall time for all, divided by the sum of bare ffmpeg times over the cores. */
export async function measureManyClips(folder: string): Promise<Measure> {
  const distinct: string[] = [];
  for (let n = 0; n < DISTINCT; n += 1)
    distinct.push(await makeClip(join(folder, `clip-${String(n)}.mp4`), CLIP_SECONDS, n + 1));
  const clips = Array.from({ length: CLIPS }, (_, n) => distinct[n % DISTINCT] ?? '');
  const suite = await startSuite(join(folder, 'clips'), { TRANSCRIBER: 'none' });
  const client = await Client.login(suite.url, adminEmail, adminPassword);

  // A service that has just started runs cold code; ffmpeg's pages are warm as well after its first run.
  await convertAll(client, distinct);
  const [bareBefore, wall, bareAfter] = [
    await bareSeconds(folder, clips),
    await convertAll(client, clips),
    await bareSeconds(folder, clips),
  ];
  await suite.stop();
  const bare = (bareBefore + bareAfter) / 2 / availableParallelism();
  return {
    id: 'd',
    what: '60 clips of 5 s: wall time ÷ (sum of bare ffmpeg ÷ cores)',
    value: wall / bare,
    unit: '×',
    limit: { kind: 'at most', value: 1.5 },
    details: { wallSeconds: wall, bareSumSeconds: [bareBefore, bareAfter], cores: availableParallelism() },
  };
}

async function bareSeconds(folder: string, clips: readonly string[]): Promise<number> {
  const output = join(folder, 'clip.mp3');
  return secondsOf(async () => {
    for (const clip of clips) await ffmpeg('-i', clip, '-vn', '-c:a', 'libmp3lame', '-q:a', '2', output);
  });
}

/** Seconds from the first byte sent to the last MP3 ready. */
async function convertAll(client: Client, clips: readonly string[]): Promise<number> {
  return secondsOf(async () => {
    const waiting = [...clips];
    const ids: string[] = [];
    const uploader = async (): Promise<void> => {
      for (let clip = waiting.shift(); clip !== undefined; clip = waiting.shift()) {
        const jobs = await client.upload([await filePart(clip)], { quality: 'V2', transcript: 'false' });
        ids.push(...jobs.map(({ id }) => id));
      }
    };
    await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, uploader));
    for (const id of ids) {
      const { state } = await client.until(id, ({ finishedAt }) => finishedAt !== undefined, { pollMs: 50 });
      if (state !== 'succeeded') throw new Error(`job ${id} ended as ${state}`);
    }
  });
}

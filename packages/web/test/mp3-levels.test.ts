import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mp3Levels } from '../browser/job/mp3-levels.ts';

const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mp3-levels-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Four seconds: quiet noise, silence, loud noise, silence. */
async function mp3(...encoding: string[]): Promise<Uint8Array> {
  const path = join(folder, `${encoding.join('')}.mp3`);
  const noise = 'anoisesrc=color=pink:duration=4:seed=7';
  const steps = "volume='if(lt(t,1),0.05,if(between(t,2,3),0.8,0))':eval=frame";
  const args = ['-v', 'error', '-f', 'lavfi', '-i', `${noise},${steps}`, ...encoding, '-y', path];
  await run('ffmpeg', args);
  return readFile(path);
}

describe('mp3Levels', () => {
  it.each([
    ['MPEG-1, stereo, variable', ['-ar', '44100', '-ac', '2', '-q:a', '2']],
    ['MPEG-1, mono, constant', ['-ar', '48000', '-ac', '1', '-b:a', '128k']],
    ['MPEG-2, mono', ['-ar', '22050', '-ac', '1', '-b:a', '64k']],
    ['MPEG-2.5, stereo', ['-ar', '11025', '-ac', '2', '-b:a', '32k']],
  ])('shows what is loud, quiet and silent: %s', async (_name, encoding) => {
    const levels = mp3Levels(await mp3(...encoding), 40) ?? [];
    expect(levels).toHaveLength(40);
    const mean = (from: number, to: number): number =>
      levels.slice(from, to).reduce((sum, level) => sum + level, 0) / (to - from);
    const [quiet, silent, loud] = [mean(2, 8), mean(13, 18), mean(22, 28)];
    expect(loud).toBeGreaterThan(2 * quiet);
    expect(quiet).toBeGreaterThan(2 * silent);
    expect(silent).toBeLessThan(0.1);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['a text', new TextEncoder().encode('no sound at all '.repeat(100))],
    ['an endless tag', Uint8Array.from([0x49, 0x44, 0x33, 4, 0, 0, 127, 127, 127, 127, 0, 0])],
    ['only sync bytes', new Uint8Array(1000).fill(0xff)],
  ])('is null for %s', (_name, bytes) => {
    expect(mp3Levels(bytes)).toBeNull();
  });
});

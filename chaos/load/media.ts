import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FailureCode } from '@clipscribe/contracts';
import { ffmpeg, makeSpeech, makeTalk } from '../../e2e/support/media.ts';

/** A file that is uploaded again and again, and what must become of it. */
export interface Medium {
  name: string;
  /** With its extension. */
  path: string;
  bytes: Buffer;
  /** How its jobs end. */
  state: 'succeeded' | 'partial' | 'failed';
  /** Why, for those that do not succeed. */
  codes: readonly FailureCode[];
  /** Length of its MP3; absent for what gives none, or nobody knows beforehand how much. */
  seconds?: number;
  /** Whether a transcript is asked for. */
  transcript: boolean;
}

const LONG_SECONDS = 240;
const TALK_SECONDS = 35;

/** Makes all media in the folder: short and long, with and without speech, good and bad. */
export async function makeMedia(folder: string): Promise<Medium[]> {
  const [one, two, talk, long] = await Promise.all([
    makeSpeech(folder, 'one', 'Every accepted upload ends exactly once.'),
    makeSpeech(folder, 'two', 'Nothing is lost when the power goes out, and nothing comes twice.'),
    makeTalk(folder, TALK_SECONDS),
    makeLong(folder),
  ]);
  const good = await Promise.all([
    goodMedium('one', one, true),
    goodMedium('two', two, true),
    goodMedium('two-silent', two, false),
    goodMedium('talk', talk, true),
    goodMedium('long', long, false),
  ]);
  return [...good, ...(await badMedia(folder, one))];
}

/** Minutes of noise: its conversion takes seconds, in which much can happen. */
async function makeLong(folder: string): Promise<string> {
  const path = join(folder, 'long.m4a');
  const noise = `anoisesrc=color=pink:seed=5:sample_rate=44100:duration=${LONG_SECONDS},tremolo=f=0.7:d=0.8`;
  await ffmpeg('-f', 'lavfi', '-i', noise, '-c:a', 'aac', '-b:a', '48k', '-movflags', '+faststart', path);
  return path;
}

async function goodMedium(name: string, path: string, transcript: boolean): Promise<Medium> {
  const seconds = await lengthOfSound(path);
  return {
    ...{ name, path, transcript, bytes: await readFile(path) },
    ...{ state: 'succeeded', codes: [], seconds },
  };
}

/** The picture may go on for longer, and then the file does. */
async function lengthOfSound(path: string): Promise<number> {
  const entry = ['-select_streams', 'a', '-show_entries', 'stream=duration', '-of', 'csv=p=0'];
  const { stdout } = await promisify(execFile)('ffprobe', ['-v', 'error', ...entry, path]);
  return Number(stdout);
}

async function badMedia(folder: string, good: string): Promise<Medium[]> {
  const silentFilm = join(folder, 'silent-film.mp4');
  await ffmpeg('-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=5:duration=2', '-an', silentFilm);
  const whole = await readFile(good);
  return Promise.all([
    badMedium('silent-film', silentFilm, await readFile(silentFilm), ['NO_AUDIO_TRACK']),
    badMedium('noise', join(folder, 'noise.mp4'), noise(50_000), ['NOT_MEDIA']),
    badMedium('page', join(folder, 'page.mp4'), Buffer.from('<html><body>404</body></html>'), ['NOT_MEDIA']),
    badMedium('cut', join(folder, 'cut.mp4'), whole.subarray(0, whole.length / 2), ['CORRUPT_MEDIA']),
  ]);
}

/** The same bytes each time: what random ones look like to ffmpeg would differ now and then. */
function noise(outputLength: number): Buffer {
  return createHash('shake256', { outputLength }).update('noise').digest();
}

async function badMedium(
  name: string,
  path: string,
  bytes: Buffer,
  codes: readonly FailureCode[],
): Promise<Medium> {
  await writeFile(path, bytes);
  return { name, path, bytes, state: 'failed', codes, transcript: true };
}

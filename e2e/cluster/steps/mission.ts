import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobView } from '@clipscribe/contracts';
import { inspect } from '../../support/media.ts';
import type { Run } from '../run.ts';

/** Most words that the speech recognition may get wrong of the sample's: it hears all of them elsewhere. */
const WRONG_WORDS = 2;

/** The transcript of the sample says what was spoken. */
export async function checkTranscript({ session, spoken }: Run, job: JobView): Promise<string> {
  const heard = words((await session.bytes(`/jobs/${job.id}/transcript`)).toString());
  const missing = words(spoken).filter((word) => !heard.includes(word));
  if (missing.length > WRONG_WORDS) throw new Error(`the transcript lacks ${missing.join(', ')}`);
  const srt = (await session.bytes(`/jobs/${job.id}/transcript?format=srt`)).toString();
  if (!/^1\r?\n00:00:0\d,\d{3} --> /.test(srt)) throw new Error(`this is no SRT: ${srt.slice(0, 60)}`);
  return `${String(heard.length)} words, ${String(missing.length)} of those spoken missing`;
}

/** The MP3 is one, as long as the job says, and what the download by file id gives. */
export async function checkAudio({ session }: Run, job: JobView): Promise<string> {
  const mp3 = await session.bytes(`/download?fid=${job.audio.fileId ?? ''}`);
  if (!mp3.equals(await session.bytes(`/jobs/${job.id}/audio`))) throw new Error('the two downloads differ');
  const folder = await mkdtemp(join(tmpdir(), 'clipscribe-cluster-'));
  try {
    const path = join(folder, 'audio.mp3');
    await writeFile(path, mp3);
    const { codec, durationSeconds } = await inspect(path);
    const expected = job.audio.durationSeconds ?? 0;
    if (codec !== 'mp3' || Math.abs(durationSeconds - expected) > 0.5)
      throw new Error(`${codec} of ${String(durationSeconds)} s instead of mp3 of ${String(expected)} s`);
    return `${String(mp3.length)} bytes, ${durationSeconds.toFixed(1)} s`;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function words(text: string): string[] {
  return text.toLowerCase().match(/[a-z']+/g) ?? [];
}

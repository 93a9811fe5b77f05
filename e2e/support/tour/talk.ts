import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Transcript } from '@clipscribe/contracts';
import { ffmpeg, inspect } from '../media.ts';

const run = promisify(execFile);

const SENTENCES = [
  'Good morning, and welcome to the walk along the river.',
  'We start at the old mill, which has not turned for forty years.',
  'The wheel is gone, but you can still hear the water under the floor.',
  'In spring it comes down from the hills, brown and very fast.',
  'The people here built their houses on the high side, and they knew why.',
  'Look at the line on the wall of the church; that was the flood of the year 1953.',
  'The bridge was carried away in a single night.',
  'For two winters everybody crossed the river by boat.',
  'The market moved to the other bank, and it never came back.',
  'Behind the trees you can see where the old road went into the water.',
  'Nobody remembers who planted these trees, and they are taller than every roof in the town.',
  'We cross here, one after the other, and please hold on to the rope.',
  'On the other side there is coffee, and then we talk about the lock.',
];
const PAUSE_SECONDS = 0.45;

/** A spoken guide along a river, as an MP3 and with the transcript that an engine would have made of it. */
export async function makeTalk(folder: string): Promise<{ mp3: string; transcript: Transcript }> {
  const inputs: string[] = [];
  const segments: Transcript['segments'] = [];
  let at = 0;
  for (const [index, text] of SENTENCES.entries()) {
    const wav = join(folder, `sentence-${index}.wav`);
    await run('flite', ['-voice', 'slt', '-t', text, '-o', wav]);
    const { durationSeconds } = await inspect(wav);
    segments.push({ start: at, end: at + durationSeconds, text });
    inputs.push('-i', wav);
    at += durationSeconds + PAUSE_SECONDS;
  }
  const mp3 = join(folder, 'talk.mp3');
  const padded = SENTENCES.map((_, index) => `[${index}]apad=pad_dur=${PAUSE_SECONDS}[p${index}]`).join(';');
  const joined = `${SENTENCES.map((_, index) => `[p${index}]`).join('')}concat=n=${SENTENCES.length}:v=0:a=1[a]`;
  await ffmpeg(
    ...inputs,
    '-filter_complex',
    `${padded};${joined}`,
    '-map',
    '[a]',
    '-ar',
    '24000',
    '-q:a',
    '4',
    mp3,
  );
  const words = segments.flatMap(wordsOf);
  const transcript = {
    v: 1,
    engine: 'openai',
    model: 'whisper-1',
    language: 'en',
    durationSeconds: at,
  } as const;
  return { mp3, transcript: { ...transcript, segments, words } };
}

/** Each word takes its share of the sentence by its length. */
function wordsOf({ start, end, text }: Transcript['segments'][0]): NonNullable<Transcript['words']> {
  const words = text.split(' ');
  const letters = words.reduce((sum, word) => sum + word.length + 1, 0);
  let said = 0;
  return words.map((word) => {
    const from = start + ((end - start) * said) / letters;
    said += word.length + 1;
    return { start: from, end: start + ((end - start) * said) / letters, text: word };
  });
}

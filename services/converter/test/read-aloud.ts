import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './media-lab.ts';

const folder = '/usr/share/pocketsphinx/test/data/librivox';

/** Sentences of a novel, read by a person; of Debian's `pocketsphinx-testdata`. */
export const readSentences: { path: string; text: string }[] = ['0870', '0880', '0890', '0920', '0930'].map(
  (number) => {
    const name = `sense_and_sensibility_01_austen_64kb-${number}`;
    const line = readFileSync(join(folder, 'transcription'), 'utf8')
      .split('\n')
      .find((one) => one.includes(name));
    const text = line?.replace(/<\/?s>|\(.*\)/g, '').trim() ?? '';
    return { path: join(folder, `${name}.wav`), text };
  },
);

/** A text of known words, for a voice that reads it out. */
export const longText = [
  'My mother and father live in a small white house near the river.',
  'Every morning they get up early and drink a cup of hot coffee in the kitchen.',
  'My father reads the paper and my mother looks out of the window at the birds in the garden.',
  'After that they walk to the market and buy some bread and milk for the day.',
  'The people at the market know them very well and they like to talk about the weather.',
  'In the summer the children come to visit and they go down to the water to swim.',
  'They play games until the sun goes down and then they sit around the fire and tell stories.',
  'My brother likes to cook and he often makes dinner for the whole family.',
  'When the winter comes the river is cold and quiet and there is snow on the roof of the house.',
  'Then we stay inside and read books and write letters to our friends.',
  'I think that this is the best place in the world and I hope that it will never change.',
].join(' ');

/** Has a voice of flite read a text into a WAV file, sentence by sentence. */
export async function readAloud(text: string, voice: string, path: string): Promise<string> {
  // From a file each sentence is read by itself, with a pause after it; otherwise the text is read without one.
  await writeFile(`${path}.txt`, text);
  run('flite', '-voice', voice, '-f', `${path}.txt`, '-o', path);
  return path;
}

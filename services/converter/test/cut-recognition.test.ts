import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { transcriptSchema } from '@clipscribe/contracts';
import { silentLog } from '@clipscribe/runtime';
import { openTranscriber } from '../src/adapters/open-transcriber.ts';
import { SileroVoiceDetector } from '../src/adapters/silero-voice-detector.ts';
import { readConverterConfig } from '../src/config.ts';
import { MediaLab, run } from './media-lab.ts';
import { wordErrorRate } from './word-error-rate.ts';
import { WorkerBench } from './worker-bench.ts';

const said = `My mother and father live in a small white house near the river. We went to the market and bought some
bread and milk for breakfast this morning. The people of the city are very proud of the old church. It was built a long
time ago by men who came from the other side of the sea. In the summer there is music in the streets every night. The
children do not go to school then, and they play in the water all day long. When I was young I wanted to be a doctor. My
brother wanted to have a farm with horses and cows. Now he works for a bank, and I am a teacher at the new school. Last
year we had a great deal of snow in the winter. The road to the town was closed for more than a week. We had to stay at
home and read books in front of the fire. Our friends called us every day to ask how we were. They could not come to see
us before the end of the month. The first thing I did in the spring was to buy a better car. It is not easy to find good
food when you travel by train. You should take some apples and a bottle of water with you. There is nothing better than
a good story to make the time go by. The woman at the window was waiting for a letter from her son. He had been away
from home for almost three years. She did not know what to say when he stood at the door. They sat down at the table and
talked until the sun came up. It is important to get enough sleep before a long day of work. My sister likes to walk
along the beach early in the morning. She always finds something that the sea has brought in. On the way back she stops
at the shop for a cup of coffee. The man behind the counter knows the names of all her friends. He has been there for as
long as anybody can remember.`;

/** Long enough for six chunks; a chunk in use is ten minutes long. */
const SHORT_CHUNKS = 30;

let lab: MediaLab;
let speech: string;

beforeAll(async () => {
  lab = await MediaLab.open();
  const wav = join(lab.folder, 'said.wav');
  run('flite', '-voice', 'rms', '-t', said, '-o', wav);
  speech = await lab.make('mp4', '-i', wav, '-c:a', 'aac', '-b:a', '128k');
});
afterAll(async () => {
  await lab.close();
});

/** What a whole converter with PocketSphinx makes of the speech. */
async function transcribe(chunkSeconds: number): Promise<{ chunks: number; heard: string }> {
  const config = readConverterConfig({ TRANSCRIBER: 'pocketsphinx' }).transcriber;
  const tools = { prefix: lab.confinement.prefix, media: lab.tools() };
  const transcriber = await openTranscriber({ config, ...tools, log: silentLog });
  const voice = await SileroVoiceDetector.open();
  const bench = await WorkerBench.open(lab);
  try {
    await bench.start({ transcriber, voice, chunkSeconds });
    const { id } = await bench.accept(speech);
    const ended = await bench.until(id, ({ state }) => state === 'succeeded' || state === 'partial');
    const stored = await text(await bench.files.read(ended.transcript.fileId ?? ''));
    const { segments } = transcriptSchema.parse(JSON.parse(stored));
    return { chunks: ended.chunks.length, heard: segments.map((segment) => segment.text).join(' ') };
  } finally {
    await bench.close();
    await voice.close();
  }
}

describe('speech that is cut in many places', () => {
  it('is understood as well as in one piece', async () => {
    const whole = await transcribe(600);
    const cut = await transcribe(SHORT_CHUNKS);
    expect(whole.chunks).toBe(1);
    expect(cut.chunks).toBeGreaterThanOrEqual(4);
    expect(wordErrorRate(said, cut.heard)).toBeLessThanOrEqual(wordErrorRate(said, whole.heard) + 0.005);
  });
});

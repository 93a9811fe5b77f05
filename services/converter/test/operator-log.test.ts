import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createLog } from '@clipscribe/runtime';
import { OpenaiTranscriber } from '../src/adapters/openai-transcriber.ts';
import { faults, SpeechApi, type Behaviour } from '../testing/index.ts';
import { MediaLab, run } from './media-lab.ts';
import { keepingLog } from './openai-bench.ts';
import { WorkerBench } from './worker-bench.ts';

let lab: MediaLab;
let talk: string;
beforeAll(async () => {
  lab = await MediaLab.open();
  const wav = join(lab.folder, 'said.wav');
  run('flite', '-voice', 'rms', '-t', 'We went to the market and bought some bread.', '-o', wav);
  talk = await lab.make('wav', '-i', wav);
});
afterAll(async () => {
  await lab.close();
});

it.each<[string, Behaviour, 'partial' | 'transcribing']>([
  ['a wrong key', faults.wrongKey, 'partial'],
  ['a used-up quota', faults.quota, 'transcribing'],
])('the operator finds one line about %s, however many jobs it hits', async (_name, behaviour, state) => {
  const lines: Record<string, unknown>[] = [];
  const log = createLog('converter', { destination: keepingLog(lines) });
  const api = await SpeechApi.start({ behaviour });
  const bench = await WorkerBench.open(lab);
  try {
    const endpoints = [{ apiKey: api.key, baseUrl: api.url }];
    await bench.start({ log, transcriber: new OpenaiTranscriber({ endpoints, model: 'whisper-1', log }) });
    for (let upload = 0; upload < 3; upload += 1) {
      const { id } = await bench.accept(talk);
      const job = await bench.until(id, ({ transcript }) => transcript.error !== undefined);
      expect(job).toMatchObject({ state, audio: { state: 'done' } });
    }
    await bench.finish();
    expect(api.count).toBe(3);
    const warnings = lines.filter(({ level }) => level !== 'info' && level !== 'debug');
    expect(warnings).toMatchObject([{ level: 'error', server: api.url, place: 1 }]);
  } finally {
    await bench.close();
    await api.close();
  }
});

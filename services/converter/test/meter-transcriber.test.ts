import { expect, it } from '@jest/globals';
import { JobFailure } from '@clipscribe/contracts';
import { createMetrics } from '@clipscribe/runtime';
import { meterTranscriber } from '../src/meter-transcriber.ts';
import type { Heard, Transcriber } from '../src/transcriber.ts';

const heard: Heard = { language: 'en', segments: [] };

/** Answers every request but those of 13 seconds; for 20 seconds it asks twice. */
function engine(name: string, model: string | null): Transcriber {
  return {
    engine: name,
    model,
    transcribe: ({ durationSeconds }) =>
      durationSeconds === 13
        ? Promise.reject(new JobFailure('PROVIDER_UNAVAILABLE'))
        : Promise.resolve(durationSeconds === 20 ? { ...heard, answers: 2 } : heard),
  };
}

it('counts the seconds that were answered, by engine and model', async () => {
  const { registry, transcribedSeconds } = createMetrics('test');
  const { signal } = new AbortController();
  const openai = meterTranscriber(engine('openai', 'whisper-1'), transcribedSeconds);
  const offline = meterTranscriber(engine('pocketsphinx', null), transcribedSeconds);
  expect(openai).toMatchObject({ engine: 'openai', model: 'whisper-1' });
  expect(offline).toMatchObject({ engine: 'pocketsphinx', model: null });

  expect(await openai.transcribe({ path: 'a', durationSeconds: 600.5 }, signal)).toBe(heard);
  await openai.transcribe({ path: 'b', durationSeconds: 20 }, signal);
  await offline.transcribe({ path: 'c', durationSeconds: 7 }, signal);
  await expect(openai.transcribe({ path: 'd', durationSeconds: 13 }, signal)).rejects.toThrow(JobFailure);

  const text = await registry.metrics();
  const values = text.match(/^clipscribe_transcribed_seconds_total.*$/gm);
  expect(values).toEqual([
    'clipscribe_transcribed_seconds_total{engine="openai",model="whisper-1",service="test"} 640.5',
    'clipscribe_transcribed_seconds_total{engine="pocketsphinx",model="",service="test"} 7',
  ]);
});

import { join } from 'node:path';
import { spawnSpeechApi } from '@clipscribe/converter/testing';
import { startConverters } from '../../e2e/support/converters.ts';
import { Client, filePart } from '../../e2e/support/client.ts';
import { makeTalk } from '../../e2e/support/media.ts';
import { startStack } from '../../e2e/support/stack.ts';
import { adminEmail, adminPassword } from '../../e2e/support/suite-process.ts';
import { secondsOf, type Measure } from './measure.ts';

const WORKERS = 8;
const CHUNKS = 48;
const CHUNK_SECONDS = 10;
const API_SECONDS = 2;

/** (f) A transcript by eight workers, each a process of its own, against one; the speech API takes 2 s a chunk. */
export async function measureTranscribeWorkers(folder: string): Promise<Measure> {
  const talk = await makeTalk(folder, CHUNKS * CHUNK_SECONDS);
  const one = await transcribe(join(folder, 'one-worker'), talk, 1);
  const eight = await transcribe(join(folder, 'eight-workers'), talk, WORKERS);
  return {
    id: 'f',
    what: `transcript of ${String(CHUNKS)} chunks, 2 s each at the API: 8 workers ÷ 1, speed`,
    value: one / eight,
    unit: '×',
    limit: { kind: 'at least', value: 7 },
    details: { oneWorkerSeconds: one, eightWorkersSeconds: eight },
  };
}

/** Seconds from the moment at which the chunks are there to the end of the job. */
async function transcribe(folder: string, talk: string, workers: number): Promise<number> {
  const api = await spawnSpeechApi({ behaviour: { kind: 'words', delayMs: API_SECONDS * 1000 } });
  const env = {
    TRANSCRIBER: 'openai',
    OPENAI_BASE_URL: api.url,
    OPENAI_API_KEY: api.key,
    CHUNK_SECONDS: String(CHUNK_SECONDS),
    TRANSCRIBE_SLOTS: '1',
  };
  const stack = await startStack(folder, { ...env, CONVERTER_ROLES: 'video' });
  const more = await startConverters(stack, workers, folder, { ...env, CONVERTER_ROLES: 'transcribe' });
  try {
    const client = await Client.login(stack.url, adminEmail, adminPassword);
    const [job] = await client.upload([await filePart(talk)]);
    const id = job?.id ?? '';
    await client.until(id, ({ state }) => state !== 'queued' && state !== 'converting', {
      ...{ pollMs: 20, timeoutMs: 300_000 },
    });
    return await secondsOf(() =>
      client.until(id, ({ state }) => state === 'succeeded', { pollMs: 20, timeoutMs: 300_000 }),
    );
  } finally {
    await Promise.all(more.map((converter) => converter.stop()));
    await stack.stop();
    await api.stop();
  }
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spawnSpeechApi } from '@clipscribe/converter/testing';
import { Client, filePart } from '../../e2e/support/client.ts';
import { makeTalk } from '../../e2e/support/media.ts';
import { startStack } from '../../e2e/support/stack.ts';
import { adminEmail, adminPassword } from '../../e2e/support/suite-process.ts';
import type { Measure } from './measure.ts';

const SHORT_SECONDS = 120;
const LONG_SECONDS = 3 * 3600;

/** (g) Peak memory of the converter for a 3-hour recording, minus that for a short one; a fresh process for each. */
export async function measureConverterMemory(folder: string): Promise<Measure> {
  const short = await peakRss(join(folder, 'short'), await makeTalk(folder, SHORT_SECONDS));
  const long = await peakRss(join(folder, 'long'), await makeTalk(folder, LONG_SECONDS));
  return {
    id: 'g',
    what: 'converter peak RSS, 3-hour recording − 2-minute recording',
    value: (long - short) / 2 ** 20,
    unit: 'MiB',
    limit: { kind: 'at most', value: 64 },
    details: { shortMiB: short / 2 ** 20, longMiB: long / 2 ** 20 },
  };
}

async function peakRss(folder: string, recording: string): Promise<number> {
  const api = await spawnSpeechApi({ behaviour: { kind: 'words' } });
  const env = { TRANSCRIBER: 'openai', OPENAI_BASE_URL: api.url, OPENAI_API_KEY: api.key };
  const stack = await startStack(folder, env);
  try {
    const client = await Client.login(stack.url, adminEmail, adminPassword);
    const [job] = await client.upload([await filePart(recording)]);
    const ended = await client.ended(job?.id ?? '', 1_200_000);
    if (ended.state !== 'succeeded') throw new Error(`not transcribed: ${JSON.stringify(ended)}`);
    const status = await readFile(`/proc/${String(stack.services.converter.pid)}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  } finally {
    await stack.stop();
    await api.stop();
  }
}

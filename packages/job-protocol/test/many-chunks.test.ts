import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId, type Job, type Message } from '@clipscribe/contracts';
import type { Handler } from '@clipscribe/job-queue';
import {
  chunkAttemptFailed,
  chunkCheckpoint,
  chunkDone,
  chunkGivenBack,
  chunkSlot,
  claimChunk,
  isTranscribed,
  transcriptDone,
  Worker,
  type Work,
} from '../src/index.ts';
import { Bench } from './bench.ts';
import { life } from './life.ts';

const CHUNKS = 100;
const WORKERS = 16;

let bench: Bench;
let heard: number[];
let assembled: number;

beforeEach(async () => {
  bench = await Bench.open();
  heard = [];
  assembled = 0;
});
afterEach(async () => {
  await bench.close();
});

/** The transcribe step with an engine that answers at once, so that all workers write at the same time. */
function transcribe({ chunk }: Message<'transcribe'>): Work {
  return {
    slot: chunkSlot(chunk),
    claim: (token) => claimChunk(chunk, token),
    attemptFailed: (failure) => chunkAttemptFailed(chunk, failure),
    givenBack: chunkGivenBack(chunk),
    run: async ({ job, lease }) => {
      heard.push(chunk);
      const seen: Job = (await lease.update(chunkCheckpoint(chunk, newId()))) ?? job;
      if (!isTranscribed(seen)) return chunkDone(chunk);
      assembled += 1;
      return transcriptDone({ fileId: newId(), engine: 'test' });
    },
  };
}

/** Takes messages from the list until there is none left. */
async function work(handler: Handler, jobId: string, waiting: number[]): Promise<string[]> {
  const outcomes: string[] = [];
  for (let chunk = waiting.shift(); chunk !== undefined; chunk = waiting.shift()) {
    const body = JSON.stringify({ v: 1, jobId, chunk });
    outcomes.push((await handler({ queue: 'transcribe', body, deliveryCount: 1 })).kind);
  }
  return outcomes;
}

describe('sixteen workers at the hundred chunks of one recording', () => {
  it('hear each chunk once, and none of them has to give up', async () => {
    const { id } = await life.transcribing(bench, CHUNKS);
    const waiting = Array.from({ length: CHUNKS }, (_, index) => index);
    const outcomes = await Promise.all(
      Array.from({ length: WORKERS }, () =>
        work(new Worker(bench.ports).handler('transcribe', transcribe), id, waiting),
      ),
    );
    expect(new Set(outcomes.flat())).toEqual(new Set(['done']));
    expect(heard.toSorted((a, b) => a - b)).toEqual(Array.from({ length: CHUNKS }, (_, index) => index));
    expect(assembled).toBe(1);
    const job = await bench.job(id);
    expect(job).toMatchObject({ state: 'succeeded', transcript: { state: 'done', progress: 1 } });
    expect(
      job.chunks.every(({ resultFileId, lease, attempts }) => resultFileId && !lease && attempts === 0),
    ).toBe(true);
  });
});

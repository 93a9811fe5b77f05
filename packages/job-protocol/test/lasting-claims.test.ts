import { afterEach, beforeEach, expect, it } from '@jest/globals';
import {
  audioDone,
  claimVideo,
  jobSlot,
  transcriptSkipped,
  videoAttemptFailed,
  videoGivenBack,
  Worker,
  type Work,
} from '../src/index.ts';
import { Bench } from './bench.ts';
import { faultyJobs } from './faulty-ports.ts';
import { someAudio } from './life.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(async () => {
  await bench.close();
});

it.each([
  ['work that can be redone: a crash of the database may take its claim back', {}, true],
  ['work that cannot be undone: its claim is as durable as a result', { isLasting: true }, false],
] as const)('%s', async (_title, more, isRedoable) => {
  const written: (boolean | undefined)[] = [];
  const jobs = faultyJobs(bench.ports.jobs, {
    replace: (next, version, options) => {
      written.push(options?.redoable);
      return bench.ports.jobs.replace(next, version, options);
    },
  });
  const work: Work = {
    ...{ slot: jobSlot, claim: claimVideo, givenBack: videoGivenBack, attemptFailed: videoAttemptFailed },
    run: () =>
      Promise.resolve((job, now) => transcriptSkipped()(audioDone(someAudio())(job, now) ?? job, now)),
    ...more,
  };
  const job = await bench.accept();
  const handle = new Worker({ ...bench.ports, jobs }).handler('video', () => work);
  const body = JSON.stringify({ v: 1, jobId: job.id });
  expect(await handle({ queue: 'video', body, deliveryCount: 1 })).toEqual({ kind: 'done' });
  // The first write is the claim.
  expect(written[0]).toBe(isRedoable);
});

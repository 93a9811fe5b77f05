import { join } from 'node:path';
import { newId, uploadOptionsSchema, type Job } from '@clipscribe/contracts';
import { newJob } from '@clipscribe/job-protocol';
import { openJobStore, type JobStore } from '@clipscribe/job-store';
import { median, secondsOf, type Measure } from './measure.ts';

const OWNERS = 20;
const FEW = 100;
const MANY = 10_000;
const TURNS = 100;
const JOBS_AT_ONCE = 500;

/** (h) Taking a turn with 10,000 jobs waiting against 100, of 20 owners each time. */
export async function measureTurns(folder: string): Promise<Measure> {
  const open = (): Promise<JobStore> => openJobStore(`sqlite:${join(folder, `${newId()}.db`)}`);
  const few = await millisecondsPerTurn(open, FEW);
  const many = await millisecondsPerTurn(open, MANY);
  return {
    id: 'h',
    what: 'a turn with 10,000 jobs of 20 owners waiting ÷ with 100',
    value: many / few,
    unit: '×',
    limit: { kind: 'at most', value: 2 },
    details: { fewMilliseconds: few, manyMilliseconds: many },
  };
}

async function millisecondsPerTurn(open: () => Promise<JobStore>, jobs: number): Promise<number> {
  const store = await open();
  const owners = Array.from({ length: OWNERS }, newId);
  try {
    for (let done = 0; done < jobs; done += JOBS_AT_ONCE) {
      const id = newId();
      await store.openIntent({ id, ownerId: id, fileIds: [] });
      const count = Math.min(JOBS_AT_ONCE, jobs - done);
      const more = Array.from({ length: count }, (_, n) => waitingJob(owners[n % OWNERS] ?? ''));
      await store.accept(id, more);
    }
    const seconds = [];
    for (let turn = 0; turn < TURNS; turn += 1) seconds.push(await secondsOf(() => store.takeTurn('video')));
    return median(seconds) * 1000;
  } finally {
    await store.close();
  }
}

/** A job that was accepted, and whose message is published. */
function waitingJob(ownerId: string): Job {
  const upload = {
    ownerId,
    ownerEmail: 'a@b.example',
    options: uploadOptionsSchema.parse({}),
    fingerprint: '',
  };
  const file = { jobId: newId(), fileId: newId(), name: 'clip.mp4', bytes: 1000, sha256: '' };
  return { ...newJob(upload, file, 0, Date.now()), outbox: [] };
}

import { describe, expect, it } from '@jest/globals';
import { newId, terminalStates, uploadOptionsSchema, type Job, type JobState } from '@clipscribe/contracts';
import {
  filesOf,
  newJob,
  NOTICE_LIMIT_MS,
  REQUEUE_MS,
  servedTranscript,
  transcriptsOf,
} from '../src/index.ts';
import { JobModel, randomFrom } from './job-model.ts';

const LIVES = 400;
const MOVES = 150;

/** The states of one run in the order in which they may follow each other; `queued` and `converting` alternate. */
const order: Record<JobState, number> = {
  queued: 0,
  converting: 0,
  transcribing: 1,
  ...{ succeeded: 2, partial: 2, failed: 2, cancelled: 2 },
  deleting: 3,
  deleted: 4,
};

function aLife(seed: number): JobModel {
  const file = { jobId: newId(), fileId: newId(), name: 'a.mp4', bytes: 1, sha256: '' };
  const upload = {
    ownerId: newId(),
    ownerEmail: 'a@example.org',
    options: uploadOptionsSchema.parse({}),
    fingerprint: '',
  };
  const now = 1_800_000_000_000;
  return new JobModel(newJob(upload, file, 0, now), now, randomFrom(seed));
}

function hasWorkLeft(job: Job): boolean {
  if (job.state === 'deleting' || job.state === 'deleted') return job.state === 'deleting';
  return !terminalStates.includes(job.state) || job.notice?.state === 'pending' || hasWebhooksLeft(job);
}

function hasWebhooksLeft({ webhooks }: Job): boolean {
  const isPending = webhooks?.deliveries.some(({ state }) => state === 'pending') ?? false;
  return isPending || (webhooks?.events.some(({ isPlanned }) => !isPlanned) ?? false);
}

function latestWait({ retryAt = 0, lease, chunks, webhooks }: Job): number {
  const dates = [
    retryAt,
    lease?.expiresAt,
    ...[...chunks, ...(webhooks?.deliveries ?? [])].flatMap((piece) => [
      piece.retryAt,
      piece.lease?.expiresAt,
    ]),
  ];
  return Math.max(...dates.map((date) => date ?? 0));
}

function checkOrder(before: Job, after: Job): void {
  if (after.run > before.run) {
    expect(['succeeded', 'failed', 'partial', 'cancelled']).toContain(before.state);
    expect(after.state).toBe('queued');
    return;
  }
  expect(order[after.state]).toBeGreaterThanOrEqual(order[before.state]);
  if (order[before.state] >= 2 && after.state !== before.state) expect(after.state).toMatch(/^delet/);
  if (before.audio.state === 'done' && after.state !== 'deleted') expect(after.audio.state).toBe('done');
}

/** Versions only ever come after each other, and what is finished of them stays. */
function checkVersions(before: Job, after: Job): void {
  if (after.state === 'deleted') return;
  const [old, now] = [transcriptsOf(before), transcriptsOf(after)];
  expect(now.length - old.length).toBeGreaterThanOrEqual(0);
  expect(now.length - old.length).toBeLessThanOrEqual(after.run - before.run);
  for (const [index, { fileId }] of old.entries()) {
    if (fileId === undefined) continue;
    expect(now[index]?.fileId).toBe(fileId);
    expect(filesOf(after)).toContain(fileId);
  }
  if (servedTranscript(before) !== undefined) expect(servedTranscript(after)).toBeDefined();
}

describe('whatever happens to a job', () => {
  it('its state never goes back within a run, and work that is left is never forgotten', () => {
    for (let seed = 1; seed <= LIVES; seed += 1) {
      const life = aLife(seed);
      for (let move = 0; move < MOVES; move += 1) {
        const before = life.job;
        life.move();
        checkOrder(before, life.job);
        checkVersions(before, life.job);
        if (hasWorkLeft(life.job)) expect(life.job.dueAt).not.toBeNull();
        expect(life.job.dueAt ?? 0).toBeLessThanOrEqual(
          Math.max(life.now, latestWait(life.job)) + Math.max(REQUEUE_MS, NOTICE_LIMIT_MS),
        );
      }
    }
  });

  it('the sweeper alone brings it to its end, even when every message so far was lost', () => {
    const ends = new Set<JobState>();
    for (let seed = 1; seed <= LIVES; seed += 1) {
      const life = aLife(seed);
      const moves = seed % MOVES;
      for (let move = 0; move < moves; move += 1) life.move();
      let sweeps = 0;
      while (life.sweep()) {
        sweeps += 1;
        expect(sweeps).toBeLessThan(50);
        while (life.job.outbox.length > 0) for (const message of life.publish()) life.deliver(message);
      }
      expect(hasWorkLeft(life.job)).toBe(false);
      if (life.job.state === 'succeeded')
        expect(life.job).toMatchObject({ audio: { state: 'done' }, dueAt: null });
      if (life.job.transcript.state === 'done' && life.job.state !== 'deleted') {
        for (const chunk of life.job.chunks) expect(chunk.resultFileId).toBeDefined();
      }
      ends.add(life.job.state);
    }
    expect([...ends].toSorted()).toEqual(['cancelled', 'deleted', 'failed', 'partial', 'succeeded']);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId, type Job } from '@clipscribe/contracts';
import { UnavailableError } from '@clipscribe/runtime';
import {
  audioDone,
  claimNotice,
  claimVideo,
  expireJob,
  expireResults,
  expireSource,
  expiryOf,
  filesOf,
  keepForEver,
  LEASE_MS,
  newTranscript,
  noticeSent,
  noticeSkipped,
  ORPHAN_AGE_MS,
  retry,
  startDeletion,
  Sweeper,
  TOMBSTONE_MS,
  transcriptDone,
  transcriptRefusal,
  workFilesOf,
  type Retention,
} from '../src/index.ts';
import { Bench } from './bench.ts';
import { faultyFiles } from './faulty-ports.ts';
import { life, noWebhooks } from './life.ts';

const DAY_MS = 24 * 3_600_000;

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(async () => {
  await bench.close();
});

async function sweep(retention: Partial<Retention>, files = bench.files): Promise<void> {
  await new Sweeper({ ...bench.ports, files }, { retention: { ...keepForEver, ...retention } }).sweep();
}

/** A job that succeeded and was told of, with its source, MP3 and transcript as real files. */
async function toldJob(): Promise<Job> {
  const job = await life.told(bench);
  await bench.sweep(); // removes the work files of the run, which a converter does itself
  return bench.job(job.id);
}

const failed = async (): Promise<Job> => {
  const { id } = await life.failed(bench);
  return bench.apply(id, claimNotice('p'), noticeSkipped);
};

describe('sources', () => {
  it('go when they were kept for long enough after the end of the run, and not before', async () => {
    const job = await toldJob();
    bench.advance(DAY_MS - 1);
    await sweep({ sources: DAY_MS });
    expect(await bench.job(job.id)).toEqual(job);
    bench.advance(1);
    await sweep({ sources: DAY_MS });
    const after = await bench.job(job.id);
    expect(after).toMatchObject({ state: 'succeeded', dueAt: null, source: { expiredAt: bench.clock.now } });
    expect(await bench.exists(job.source.fileId)).toBe(false);
    expect(filesOf(after)).not.toContain(job.source.fileId);
    expect(await bench.exists(job.audio.fileId ?? '')).toBe(true);
    expect(await bench.exists(job.transcript.fileId ?? '')).toBe(true);
    expect(await bench.jobs.usage(job.ownerId)).toMatchObject({ storedBytes: 4 });
  });

  it('go with all parts of a resumable upload', async () => {
    const { id, source } = await toldJob();
    const parts = [source.fileId, await bench.store(id, 'source'), await bench.store(id, 'source')];
    await bench.apply(id, (job) => ({ ...job, source: { ...job.source, parts } }));
    bench.advance(DAY_MS);
    await sweep({ sources: DAY_MS });
    for (const part of parts) expect(await bench.exists(part)).toBe(false);
    expect(filesOf(await bench.job(id))).not.toEqual(expect.arrayContaining(parts));
  });

  it('are needed for another run, which is refused without them', async () => {
    const done = await toldJob();
    const bad = await failed();
    bench.advance(DAY_MS);
    await sweep({ sources: DAY_MS });
    expect(await bench.refuses(bad.id, retry)).toBe(true);
    expect(transcriptRefusal(await bench.job(done.id))).toBe('expired');
    expect(await bench.refuses(done.id, newTranscript({}))).toBe(true);
  });

  it('stay while a run is under way, whatever its age', async () => {
    const jobs = [await life.queued(bench), await life.converting(bench), await life.transcribing(bench)];
    for (const { id } of jobs) expect(await bench.refuses(id, expireSource(0))).toBe(true);
    const again = await failed();
    bench.advance(DAY_MS);
    await bench.apply(again.id, retry);
    await sweep({ sources: DAY_MS, results: DAY_MS, jobs: DAY_MS });
    expect(await bench.exists(again.source.fileId)).toBe(true);
    expect((await bench.job(again.id)).state).toBe('queued');
  });
});

describe('results', () => {
  it('go with their files, and what they were is still known', async () => {
    const job = await toldJob();
    const earlier = { ...job.transcript, fileId: await bench.store(job.id, 'transcript'), bytes: 9 };
    await bench.apply(job.id, (now) => ({
      ...now,
      earlierTranscripts: [{ ...earlier, options: {}, askedAt: 1 }],
    }));
    bench.advance(DAY_MS);
    await sweep({ results: DAY_MS });
    const after = await bench.job(job.id);
    const expiredAt = bench.clock.now;
    expect(after).toMatchObject({
      state: 'succeeded',
      audio: { state: 'done', durationSeconds: job.audio.durationSeconds, expiredAt },
      transcript: { state: 'done', engine: 'pocketsphinx', expiredAt },
      earlierTranscripts: [{ expiredAt }],
    });
    expect(filesOf(after)).toEqual([job.source.fileId, ...workFilesOf(after)]);
    for (const id of [job.audio.fileId, job.transcript.fileId, earlier.fileId])
      expect(await bench.exists(id ?? '')).toBe(false);
    expect(await bench.jobs.usage(job.ownerId)).toMatchObject({ storedBytes: job.source.bytes });
    await sweep({ results: DAY_MS });
    expect(await bench.job(job.id)).toEqual(after);
  });

  it('stay until their owner has been told of them', async () => {
    const { id } = await life.succeeded(bench);
    bench.advance(DAY_MS);
    await bench.apply(id, claimNotice('p'));
    for (const expire of [expireSource, expireResults, expireJob])
      expect(await bench.refuses(id, expire(DAY_MS))).toBe(true);
    await bench.apply(id, noticeSent);
    await bench.apply(id, expireResults(DAY_MS));
  });

  it('stay while anybody holds a lease, even one that has run out', async () => {
    const job = await toldJob();
    const lease = { token: 't', expiresAt: bench.clock.now + LEASE_MS };
    await bench.apply(job.id, (now) => ({ ...now, lease }));
    expect(await bench.refuses(job.id, expireResults(0))).toBe(true);
    bench.advance(2 * LEASE_MS);
    expect(await bench.refuses(job.id, expireResults(0))).toBe(true);
  });

  it('of a job without any are nothing to expire', async () => {
    const { id } = await failed();
    bench.advance(DAY_MS);
    expect(await bench.refuses(id, expireResults(DAY_MS))).toBe(true);
  });

  it('are both made again by a new version of the transcript, while the source is there', async () => {
    const { id, audio } = await toldJob();
    bench.advance(DAY_MS);
    await sweep({ results: DAY_MS });
    const again = await bench.apply(id, newTranscript({ language: 'de' }));
    expect(again.audio).toEqual({ state: 'pending', progress: 0 });
    expect(again.earlierTranscripts).toMatchObject([{ engine: 'pocketsphinx', expiredAt: bench.clock.now }]);
    const fileId = await bench.store(id, 'audio');
    await bench.apply(id, claimVideo('w'), audioDone({ fileId, bytes: 4, durationSeconds: 10 }));
    await bench.apply(id, transcriptDone({ fileId: newId(), engine: 'test' }), noWebhooks);
    expect(await bench.job(id)).toMatchObject({ state: 'succeeded', audio: { fileId } });
    expect(audio.fileId).not.toBe(fileId);
  });

  it('are made again by a retry, which keeps the transcript of before as a version', async () => {
    const { id } = await toldJob();
    const error = { code: 'INCOMPLETE_OUTPUT', reason: 'Only a part.' } as const;
    await bench.apply(id, (job) => ({ ...job, state: 'partial', error }));
    bench.advance(DAY_MS);
    await sweep({ results: DAY_MS });
    const again = await bench.apply(id, retry);
    expect(again).toMatchObject({ state: 'queued', audio: { state: 'pending' }, earlierTranscripts: [{}] });
  });
});

describe('whole jobs', () => {
  it('go with everything, and leave a tombstone that goes as well', async () => {
    const job = await toldJob();
    const bad = await failed();
    bench.advance(DAY_MS);
    await sweep({ jobs: DAY_MS });
    for (const { id } of [job, bad]) expect((await bench.job(id)).state).toBe('deleted');
    for (const id of [...filesOf(job), ...filesOf(bad)]) expect(await bench.exists(id)).toBe(false);
    expect(await bench.jobs.list({ limit: 10 })).toEqual([]);
    bench.advance(TOMBSTONE_MS);
    await sweep({ jobs: DAY_MS });
    expect(await bench.jobs.get(job.id)).toBeNull();
  });

  it('go before their parts when they are kept for less', async () => {
    const { id } = await toldJob();
    bench.advance(DAY_MS);
    await sweep({ jobs: DAY_MS, sources: 2 * DAY_MS, results: 3 * DAY_MS });
    expect((await bench.job(id)).state).toBe('deleted');
  });

  it('stay for ever when nothing is said', async () => {
    const job = await toldJob();
    bench.advance(10_000 * DAY_MS);
    await sweep({});
    expect(await bench.job(job.id)).toEqual(job);
    for (const id of filesOf(job)) expect(await bench.exists(id)).toBe(true);
  });
});

describe('a file store that fails', () => {
  it('loses nothing but time: the file is an orphan, and found as one', async () => {
    const job = await toldJob();
    bench.advance(DAY_MS);
    const away = faultyFiles(bench.files, {
      delete: () => Promise.reject(new UnavailableError('file store')),
    });
    await sweep({ sources: DAY_MS }, away);
    expect((await bench.job(job.id)).source.expiredAt).toBe(bench.clock.now);
    expect(await bench.exists(job.source.fileId)).toBe(true);
    const old = { ...bench.files, ...faultyFiles(bench.files, {}) };
    // Ages of files are told by the disk's clock.
    old.listOlderThan = (ageMs, options) => {
      expect(ageMs).toBe(ORPHAN_AGE_MS);
      return bench.files.listOlderThan(-1000, options);
    };
    await sweep({ sources: DAY_MS }, old);
    expect(await bench.exists(job.source.fileId)).toBe(false);
    expect(await bench.exists(job.audio.fileId ?? '')).toBe(true);
  });

  it('does not keep other jobs from expiring', async () => {
    const [one, two] = [await toldJob(), await toldJob()];
    bench.advance(DAY_MS);
    const faults = faultyFiles(bench.files, {
      delete: (id) =>
        id === one.source.fileId
          ? Promise.reject(new UnavailableError('file store'))
          : bench.files.delete(id),
    });
    await sweep({ sources: DAY_MS }, faults);
    expect(await bench.exists(two.source.fileId)).toBe(false);
  });
});

describe('expiryOf', () => {
  it('says when the parts of an ended job go, the whole job before all', async () => {
    const job = await toldJob();
    const { finishedAt = 0 } = job;
    expect(expiryOf(job, keepForEver)).toEqual({});
    expect(expiryOf(job, { sources: 1, results: 5, jobs: 3 })).toEqual({
      source: finishedAt + 1,
      results: finishedAt + 3,
      job: finishedAt + 3,
    });
    expect(expiryOf(job, { sources: null, results: 5, jobs: null })).toEqual({ results: finishedAt + 5 });
    expect(expiryOf(await life.converting(bench), { sources: 1, results: 1, jobs: 1 })).toEqual({});
    expect(expiryOf(await failed(), { sources: null, results: 5, jobs: null })).toEqual({});
  });
});

describe('the minutes of a deleted job', () => {
  it('stay counted for as long as they would have been', async () => {
    const job = await toldJob();
    const heard = (await bench.jobs.usage(job.ownerId)).heard;
    expect(heard).toMatchObject([{ seconds: job.audio.durationSeconds }]);
    await bench.apply(job.id, startDeletion);
    await bench.sweep();
    expect((await bench.job(job.id)).state).toBe('deleted');
    expect((await bench.jobs.usage(job.ownerId)).heard).toEqual(heard);
    bench.advance(DAY_MS);
    expect((await bench.jobs.usage(job.ownerId)).heard).toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { newId, type Chunk, type Job, type OutboxEntry } from '@clipscribe/contracts';
import { INDEX_VERSION, indexOf } from '../src/job-index.ts';
import { sampleJob } from '../testing/index.ts';

const at = 1_800_000_000_000;
const lease = { token: newId(), expiresAt: at + 60_000 };
const waits = { videoFrom: at, chunkFrom: null, isActive: true, endedAt: null };
const isNot = { ...waits, videoFrom: null };
const ended = { videoFrom: null, chunkFrom: null, isActive: false, endedAt: at + 9 };
const gone = { ...ended, endedAt: null, hasSource: false, hasResults: false };

function chunk(index: number, more: Partial<Chunk> = {}): Chunk {
  const where = { startSeconds: index, endSeconds: index + 1, fileId: newId() };
  return { index, ...where, state: 'pending', attempts: 0, ...more };
}

function entry(queue: OutboxEntry['queue'], more: object = {}): OutboxEntry {
  return { id: newId(), queue, body: JSON.stringify({ v: 1, jobId: newId(), ...more }), delayMs: 0 };
}

function transcribing(chunks: Chunk[], outbox: OutboxEntry[] = []): Partial<Job> {
  return { state: 'transcribing', chunks, outbox };
}

const job = (more: Partial<Job>): Job => sampleJob({ createdAt: at, updatedAt: at + 10, ...more });

describe('what a job is searched by', () => {
  it.each<[string, Partial<Job>, object]>([
    ['queued', {}, { ...waits, hasSource: true, hasResults: false, version: INDEX_VERSION }],
    ['queued, its message not published', { outbox: [entry('video')] }, isNot],
    ['queued, a message of an earlier run not published', { outbox: [entry('mp3')] }, waits],
    ['queued for a later attempt', { retryAt: at + 60_000 }, isNot],
    ['queued for an attempt whose message is late', { retryAt: at - 60_000 }, isNot],
    ['converting', { state: 'converting', lease }, isNot],
    ['converting, its worker lost', { state: 'converting', lease: { ...lease, expiresAt: 0 } }, isNot],
    ['converting, and nobody holds it', { state: 'converting' }, waits],
    ['transcribing', transcribing([chunk(0), chunk(1)]), { ...isNot, chunkFrom: at }],
    [
      'transcribing, one chunk done',
      transcribing([chunk(0, { state: 'done' }), chunk(1)]),
      { chunkFrom: at },
    ],
    [
      'transcribing, all held or done',
      transcribing([chunk(0, { lease }), chunk(1, { state: 'done' })]),
      isNot,
    ],
    ['transcribing, all for later', transcribing([chunk(0, { retryAt: at }), chunk(1, { lease })]), isNot],
    [
      'transcribing, not all messages published',
      transcribing([chunk(0), chunk(1)], [entry('transcribe', { chunk: 1 })]),
      { chunkFrom: at },
    ],
    [
      'transcribing, no message published',
      transcribing([chunk(0)], [entry('transcribe', { chunk: 0 }), entry('mp3')]),
      isNot,
    ],
    ['succeeded', { state: 'succeeded', finishedAt: at + 9 }, { ...ended, hasSource: true }],
    ['partial', { state: 'partial', finishedAt: at + 9, chunks: [chunk(0)] }, ended],
    ['failed', { state: 'failed', finishedAt: at + 9 }, ended],
    ['cancelled', { state: 'cancelled', finishedAt: at + 9 }, ended],
    ['ended before the end was dated', { state: 'failed' }, { ...ended, endedAt: at + 10 }],
    ['ended, its mail being sent', { state: 'succeeded', finishedAt: at + 9, lease }, ended],
    ['being deleted', { state: 'deleting', finishedAt: at + 9 }, gone],
    ['deleted', { state: 'deleted', finishedAt: at + 9 }, { ...gone, storedBytes: 0 }],
  ])('%s', (_name, more, index) => {
    expect(indexOf(job(more))).toMatchObject(index);
  });

  const audio = { state: 'done', progress: 1, fileId: newId(), bytes: 300, durationSeconds: 12.5 } as const;
  const transcript = { state: 'done', progress: 1, fileId: newId(), bytes: 20 } as const;
  const earlier = { ...transcript, bytes: 4, options: {}, askedAt: at };
  const source = { ...sampleJob().source, bytes: 1000 };

  it.each<[string, Partial<Job>, object]>([
    ['the recording alone', {}, { storedBytes: 1000, audioAt: null, audioSeconds: 0 }],
    [
      'its MP3',
      { audio: { ...audio, finishedAt: at + 5 } },
      { storedBytes: 1300, audioAt: at + 5, audioSeconds: 12.5, hasResults: true },
    ],
    ['its transcript, in versions', { transcript, earlierTranscripts: [earlier] }, { storedBytes: 1024 }],
    [
      'an earlier version alone',
      { earlierTranscripts: [earlier, { ...earlier, bytes: 1 }] },
      { storedBytes: 1005, hasResults: true },
    ],
    [
      'no recording any more',
      { state: 'succeeded', source: { ...source, expiredAt: at + 60 }, audio },
      { storedBytes: 300, hasSource: false, hasResults: true },
    ],
    ['nothing for long', { state: 'deleting', audio, transcript }, { storedBytes: 1320, hasResults: false }],
    ['nothing', { state: 'deleted', source }, { storedBytes: 0, hasSource: false }],
  ])('that has %s', (_name, more, index) => {
    expect(indexOf(job({ source, ...more }))).toMatchObject(index);
  });
});

describe('the text that a job is found by', () => {
  const source = { ...sampleJob().source, name: 'E\u0301te\u0301 2026.MP4' };
  const options = { ...sampleJob().options, title: 'À  Paris' };

  it.each<[string, Partial<Job>, string]>([
    ['its file alone', { source }, 'été 2026.mp4\n'],
    ['its file and its title', { source, options }, 'été 2026.mp4\nà paris'],
    ['nothing, while it is being deleted', { source, options, state: 'deleting' }, ''],
  ])('is that of %s', (_name, more, searchText) => {
    expect(indexOf(job(more))).toMatchObject({ searchText });
  });
});

import { newId, uploadOptionsSchema, type Job } from '@clipscribe/contracts';

/** A fresh queued job; every field may be overridden. */
export function sampleJob(overrides: Partial<Job> = {}): Job {
  const now = Date.now();
  return {
    id: newId(),
    version: 1,
    ownerId: newId(),
    ownerEmail: 'ada@example.org',
    state: 'queued',
    run: 1,
    createdAt: now,
    updatedAt: now,
    upload: { fingerprint: 'f', index: 0 },
    source: { fileId: newId(), name: 'talk.mp4', bytes: 1000, sha256: 'ab'.repeat(32) },
    options: uploadOptionsSchema.parse({}),
    audio: { state: 'pending', progress: 0 },
    transcript: { state: 'pending', progress: 0 },
    chunks: [],
    attempts: 0,
    outbox: [],
    dueAt: null,
    ...overrides,
  };
}

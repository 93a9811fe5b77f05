import { expect } from '@jest/globals';
import { newId, type Job } from '@clipscribe/contracts';
import type { JobStore } from '../src/job-store.ts';

/** Puts jobs into a store as one upload. */
export async function insert(store: JobStore, ...jobs: Job[]): Promise<void> {
  const id = newId();
  await store.openIntent({ id, ownerId: newId(), fileIds: [] });
  expect(await store.accept(id, jobs)).toBe('accepted');
}

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobStore } from '../src/job-store.ts';
import { itFindsJobs } from './finding-contract.ts';
import { itKeepsIdempotencyKeys } from './idempotency-contract.ts';
import { itKeepsIntents } from './intents-contract.ts';
import { itKeepsJobs } from './jobs-contract.ts';

export interface JobStoreHarness {
  /** An empty store. */
  open: () => Promise<JobStore>;
  /** Frees what `open` made; called after the store was closed. */
  dispose?: () => Promise<void>;
}

/** What every job store must do; each adapter runs it. */
export function describeJobStore(name: string, harness: JobStoreHarness): void {
  describe(`job store contract: ${name}`, () => {
    let store: JobStore;

    beforeEach(async () => {
      store = await harness.open();
    });
    afterEach(async () => {
      await store.close();
      await harness.dispose?.();
    });

    describe('jobs', () => {
      itKeepsJobs(() => store);
    });
    describe('lists and due jobs', () => {
      itFindsJobs(() => store);
    });
    describe('intents', () => {
      itKeepsIntents(() => store);
    });
    describe('idempotency keys', () => {
      itKeepsIdempotencyKeys(() => store);
    });

    it('answers a ping', async () => {
      await expect(store.ping()).resolves.toBeUndefined();
    });
  });
}

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobStore } from '../src/job-store.ts';
import { itFindsWhatExpires } from './ended-contract.ts';
import { itFindsJobs } from './finding-contract.ts';
import { itKeepsIdempotencyKeys } from './idempotency-contract.ts';
import { itKeepsIntents } from './intents-contract.ts';
import { itKeepsJobs } from './jobs-contract.ts';
import { itKeepsResumableUploads } from './resumable-contract.ts';
import { itSearchesJobs } from './search-contract.ts';
import { itTakesTurns } from './turns-contract.ts';
import { itKnowsUsage } from './usage-contract.ts';

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
    describe('searches', () => {
      itSearchesJobs(() => store);
    });
    describe('turns', () => {
      itTakesTurns(() => store);
    });
    describe('intents', () => {
      itKeepsIntents(() => store);
    });
    describe('resumable uploads', () => {
      itKeepsResumableUploads(() => store);
    });
    describe('usage', () => {
      itKnowsUsage(() => store);
    });
    describe('jobs that ended', () => {
      itFindsWhatExpires(() => store);
    });
    describe('idempotency keys', () => {
      itKeepsIdempotencyKeys(() => store);
    });

    it('answers a ping', async () => {
      await expect(store.ping()).resolves.toBeUndefined();
    });
  });
}

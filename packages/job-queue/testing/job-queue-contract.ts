import { afterEach, beforeEach, describe } from '@jest/globals';
import type { JobQueue } from '../src/job-queue.ts';
import { itConsumes } from './consuming-contract.ts';
import { itCounts } from './counting-contract.ts';
import { itDelivers } from './delivering-contract.ts';
import { itKeepsDeadLetters } from './dead-letter-contract.ts';

export interface JobQueueHarness {
  /** Empty queues. */
  open: () => Promise<JobQueue>;
  /** Frees what `open` made; called after the queues were closed. */
  dispose?: () => Promise<void>;
}

/** What every job queue must do; each adapter runs it. */
export function describeJobQueue(name: string, harness: JobQueueHarness): void {
  describe(`job queue contract: ${name}`, () => {
    let queue: JobQueue;

    beforeEach(async () => {
      queue = await harness.open();
    });
    afterEach(async () => {
      await queue.close();
      await harness.dispose?.();
    });

    describe('delivering', () => {
      itDelivers(() => queue);
    });
    describe('consuming', () => {
      itConsumes(() => queue);
    });
    describe('counting', () => {
      itCounts(() => queue);
    });
    describe('dead letters', () => {
      itKeepsDeadLetters(() => queue);
    });
  });
}

import { afterEach, beforeEach, describe } from '@jest/globals';
import type { FileStore } from '../src/file-store.ts';
import { itFindsOldFiles } from './finding-contract.ts';
import { itReadsFiles } from './reading-contract.ts';
import { itWritesFiles } from './writing-contract.ts';

export interface FileStoreHarness {
  /** An empty store. */
  open: () => Promise<FileStore>;
  /** Frees what `open` made; called after the store was closed. */
  dispose?: () => Promise<void>;
}

/** What every file store must do; each adapter runs it. */
export function describeFileStore(name: string, harness: FileStoreHarness): void {
  describe(`file store contract: ${name}`, () => {
    let store: FileStore;

    beforeEach(async () => {
      store = await harness.open();
    });
    afterEach(async () => {
      await store.close();
      await harness.dispose?.();
    });

    describe('writing', () => {
      itWritesFiles(() => store);
    });
    describe('reading', () => {
      itReadsFiles(() => store);
    });
    describe('finding', () => {
      itFindsOldFiles(() => store);
    });
  });
}

import { chunkAttemptFailed, chunkGivenBack, chunkSlot, claimChunk, type Work } from '../src/index.ts';

/** The transcription of one chunk, as the converter does it, but for the work itself. */
export function chunkWork(chunk: number, run: Work['run']): Work {
  return {
    slot: chunkSlot(chunk),
    claim: (token) => claimChunk(chunk, token),
    attemptFailed: (failed) => chunkAttemptFailed(chunk, failed),
    givenBack: chunkGivenBack(chunk),
    run,
  };
}

import { expect, it } from '@jest/globals';
import { planActions } from '../load/actor.ts';
import { SeededRandom } from '../seeded-random.ts';

it('what somebody does is decided by the seed', () => {
  const actions = planActions(new SeededRandom('one'), 500);
  expect(planActions(new SeededRandom('one'), 500)).toEqual(actions);
  expect(planActions(new SeededRandom('two'), 500)).not.toEqual(actions);
  expect([...new Set(actions)].sort()).toEqual([
    ...['abandonUpload', 'cancelJob', 'deleteJob', 'download', 'downloadRange', 'listJobs', 'lookAtJob'],
    ...['lookFromOutside', 'readTranscript', 'retryJob', 'transcribeAgain', 'uploadPlain', 'uploadResumable'],
    ...['uploadTwice', 'uploadWithKey'],
  ]);
});

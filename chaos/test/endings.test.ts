import { expect, it } from '@jest/globals';
import type { JobView } from '@clipscribe/contracts';
import { endingsOf, runsOf } from '../checks/promised.ts';
import type { TrackedJob } from '../load/book.ts';
import type { Medium } from '../load/media.ts';
import { Person } from '../load/person.ts';

const medium: Medium = {
  ...{ name: 'one', path: 'one.mp4', bytes: Buffer.alloc(1), codes: [], transcript: true },
  state: 'succeeded',
};
const owner = new Person({ name: 'ada', clients: [], onBreach: () => undefined });

function job(values: Partial<TrackedJob> = {}): TrackedJob {
  const upload = { name: 'a.mp4', medium, owner, jobIds: new Set(['id']) };
  const untouched = { reruns: { certain: 0, unclear: 0 }, isCancelled: false, wasCancelUnclear: false };
  // Nobody looks at it here.
  const seen = {} as JobView;
  return { id: 'id', upload, ...untouched, gone: 'no', seen, ...values };
}

it.each([
  ['untouched', {}, ['succeeded']],
  ['cancelled', { isCancelled: true }, ['cancelled']],
  ['perhaps cancelled', { wasCancelUnclear: true }, ['succeeded', 'cancelled']],
  [
    'cancelled, and perhaps run again',
    { isCancelled: true, reruns: { certain: 0, unclear: 1 } },
    ['succeeded', 'cancelled'],
  ],
  ['deleted', { gone: 'yes', isCancelled: true }, ['deleted']],
  ['perhaps deleted', { gone: 'perhaps' }, ['succeeded', 'deleted']],
  ['cancelled and perhaps deleted', { gone: 'perhaps', isCancelled: true }, ['cancelled', 'deleted']],
] as const)('a job that was %s', (_title, values, endings) => {
  expect(endingsOf(job(values))).toEqual(endings);
});

it('a job is in as many runs as were asked for', () => {
  expect(runsOf(job())).toEqual({ least: 1, most: 1 });
  expect(runsOf(job({ reruns: { certain: 2, unclear: 1 } }))).toEqual({ least: 3, most: 4 });
});

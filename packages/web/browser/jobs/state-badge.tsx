import type { JobView } from '@clipscribe/contracts';
import type { JSX } from 'preact';
import { stateNames } from '../state/words.ts';

export function StateBadge({ state }: Pick<JobView, 'state'>): JSX.Element {
  return (
    <span class="badge" data-state={state}>
      {stateNames[state]}
    </span>
  );
}

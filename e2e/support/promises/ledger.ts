import type { FailureCode, VisibleState } from '@clipscribe/contracts';
import type { Client } from '../client.ts';

/** How an accepted upload may end; `deleted` when its owner has asked for that. */
export type Ending = Extract<VisibleState, 'succeeded' | 'partial' | 'failed' | 'cancelled'> | 'deleted';

/** What an upload that was answered 202 must give. */
export interface Promised {
  /** Its owner, who sees the job and downloads what it gives. */
  client: Client;
  ends: readonly Ending[];
  /** Codes that the job may show when it ended as `failed` or `partial`; absent for any. */
  codes?: readonly FailureCode[];
  /** Length of the MP3. */
  seconds?: number;
  /** What the transcript must contain, whatever the letters' case; absent where it is not looked at. */
  words?: readonly string[];
  /** The transcript must reach from the first to the last second, without a pause as long as this, in seconds. */
  longestPause?: number;
  /** True when no mail could be delivered, which the job says. */
  isMailRefused?: boolean;
}

/** Everything that was promised, by the id of the job. */
export type Ledger = ReadonlyMap<string, Promised>;

/** A promise that was not kept. */
export interface Breach {
  /** The id of a job, of a file, or a path. */
  subject: string;
  what: string;
}

export function breach(subject: string, what: string): Breach {
  return { subject, what };
}

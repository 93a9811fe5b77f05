/** What uploads under way will take when they have become jobs. */
export interface Reserved {
  bytes: number;
  jobs: number;
}

/** Recordings that were worked through within one hour of the clock. */
export interface HeardHour {
  /** When the last of them was, ms since the epoch. */
  until: number;
  seconds: number;
}

/** What an owner takes of what may be limited. */
export interface OwnerUsage {
  /** Database time, ms since the epoch. */
  now: number;
  /** Of the lasting files of all jobs. */
  storedBytes: number;
  /** Jobs that have not ended. */
  activeJobs: number;
  /** What was worked through in the last 24 hours, deleted jobs included; the earliest first. */
  heard: HeardHour[];
  /** Uploads under way, resumable ones included. */
  reserved: Reserved;
}

export interface UsageOptions {
  /** The upload that asks: what it has reserved itself is left out. */
  without?: string;
  /** Only what was reserved before it: of several uploads that begin at once, the first ones then find room. */
  olderOnly?: boolean;
}

export const HOUR_MS = 3_600_000;
export const USAGE_WINDOW_MS = 24 * HOUR_MS;

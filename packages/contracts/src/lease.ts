/** The right to work on something until `expiresAt` (database time, ms since the epoch). */
export interface Lease {
  token: string;
  expiresAt: number;
}

/** What each owner may take; null for as much as there is. */
export interface Quotas {
  /** Bytes of all files that are kept: sources, MP3s and transcripts. */
  storedBytes: number | null;
  /** Minutes of recordings that were worked through in the last 24 hours. */
  minutesPerDay: number | null;
  /** Jobs that have not ended, uploads under way included. */
  jobsAtOnce: number | null;
}

/** False when nobody has to be asked what an owner has used. */
export function areLimited(quotas: Quotas): boolean {
  return Object.values(quotas).some((limit) => limit !== null);
}

import { USAGE_WINDOW_MS, type OwnerUsage, type Reserved, type UsageOptions } from '@clipscribe/job-store';
import { HttpProblem } from '@clipscribe/runtime';
import type { GatewayDeps } from '../gateway-deps.ts';
import { areLimited, type Quotas } from './quotas.ts';

/** An upload, or another piece of work, with what it has reserved under its own name. */
export interface Wanted extends Reserved {
  intentId: string;
}

/**
 * Refuses what would go beyond the owner's share. To be asked after the reservation was written (an intent, or a
 * resumable upload with its length), which the caller drops after a refusal: of several that ask at once none can then
 * overlook another. With `olderOnly`, for those that have just begun, the first ones find room.
 * @throws HttpProblem STORAGE_QUOTA_EXCEEDED, MINUTES_USED_UP, TOO_MANY_JOBS; UnavailableError
 */
export async function requireRoom(
  { jobs, quotas }: Pick<GatewayDeps, 'jobs' | 'quotas'>,
  ownerId: string,
  { intentId, ...wanted }: Wanted,
  options: Pick<UsageOptions, 'olderOnly'> = {},
): Promise<void> {
  if (!areLimited(quotas)) return;
  const usage = await jobs.usage(ownerId, { without: intentId, ...options });
  refuseStorage(quotas, usage, wanted.bytes);
  refuseMinutes(quotas, usage);
  refuseJobs(quotas, usage, wanted.jobs);
}

/** What counts against the limits; resumable and other uploads under way are part of it. */
export function usedOf({
  storedBytes,
  activeJobs,
  heard,
  reserved,
}: OwnerUsage): Record<keyof Quotas, number> {
  return {
    storedBytes: storedBytes + reserved.bytes,
    minutesPerDay: Math.round(secondsOf(heard) / 6) / 10,
    jobsAtOnce: activeJobs + reserved.jobs,
  };
}

function refuseStorage({ storedBytes: limit }: Quotas, usage: OwnerUsage, bytes: number): void {
  const used = usedOf(usage).storedBytes;
  if (limit === null || used + bytes <= limit) return;
  throw storageExceeded(limit, used);
}

/** For an upload that turns out to be larger than what is left. */
export function storageExceeded(limit: number, used: number): HttpProblem {
  const detail = `Your files may take ${megabytes(limit)}, and ${megabytes(used)} of that are used. Delete jobs to make room.`;
  return new HttpProblem('STORAGE_QUOTA_EXCEEDED', detail, { members: { limit, used } });
}

/** How long a new recording is shows only later, so the one that crosses the limit is still taken. */
function refuseMinutes({ minutesPerDay: limit }: Quotas, usage: OwnerUsage): void {
  const { heard, now } = usage;
  if (limit === null || secondsOf(heard) < limit * 60) return;
  const used = usedOf(usage).minutesPerDay;
  const freeAt = whenBelow(limit * 60, heard);
  const detail = `In 24 hours ${String(limit)} minutes may be converted, and ${String(used)} were. Try again later.`;
  throw new HttpProblem('MINUTES_USED_UP', detail, {
    members: { limit, used },
    headers: { 'Retry-After': String(Math.max(1, Math.ceil((freeAt - now) / 1000))) },
  });
}

function refuseJobs({ jobsAtOnce: limit }: Quotas, usage: OwnerUsage, jobs: number): void {
  const used = usedOf(usage).jobsAtOnce;
  if (limit === null || used + jobs <= limit) return;
  const detail = `You may have ${String(limit)} jobs at once, uploads included, and have ${String(used)}. Wait until one has ended.`;
  throw new HttpProblem('TOO_MANY_JOBS', detail, { members: { limit, used } });
}

/** When enough of it is more than 24 hours old, ms since the epoch. */
function whenBelow(seconds: number, heard: OwnerUsage['heard']): number {
  let left = secondsOf(heard);
  for (const hour of heard) {
    left -= hour.seconds;
    if (left < seconds) return hour.until + USAGE_WINDOW_MS;
  }
  return 0;
}

function secondsOf(heard: OwnerUsage['heard']): number {
  return heard.reduce((sum, { seconds }) => sum + seconds, 0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} MB`;
}

import type { Collection, Db, Filter } from 'mongodb';
import type { JobDocument, UploadDocument } from './mongo-documents.ts';
import { jobsOf, uploadsOf } from './mongo-schema.ts';
import {
  HOUR_MS,
  USAGE_WINDOW_MS,
  type HeardHour,
  type OwnerUsage,
  type Reserved,
  type UsageOptions,
} from './owner-usage.ts';

interface Totals {
  bytes: number;
  active: number;
}

/** What owners take; each of the questions is answered from an index that begins with the owner. */
export class MongoUsage {
  readonly #jobs: Collection<JobDocument>;
  readonly #uploads: Collection<UploadDocument>;

  constructor(db: Db) {
    this.#jobs = jobsOf(db);
    this.#uploads = uploadsOf(db);
  }

  /** See `JobStore.usage`; `now` is database time. */
  async of(ownerId: string, options: UsageOptions, now: number): Promise<OwnerUsage> {
    // Uploads first: one that becomes a job in between is then counted twice for once, and not left out.
    const reserved = await this.#reserved(ownerId, options);
    const [totals, heard] = await Promise.all([this.#totals(ownerId), this.#heard(ownerId, now)]);
    return { now, storedBytes: totals.bytes, activeJobs: totals.active, heard, reserved };
  }

  async #totals(ownerId: string): Promise<Totals> {
    const isActive = { $cond: ['$index.isActive', 1, 0] };
    const sums = { _id: null, bytes: { $sum: '$index.storedBytes' }, active: { $sum: isActive } };
    const [totals] = await this.#jobs
      .aggregate<Totals>([{ $match: { ownerId } }, { $group: sums }])
      .toArray();
    return totals ?? { bytes: 0, active: 0 };
  }

  async #heard(ownerId: string, now: number): Promise<HeardHour[]> {
    const recent: Filter<JobDocument> = { ownerId, 'index.audioAt': { $gt: now - USAGE_WINDOW_MS } };
    const projection = { 'index.audioAt': 1, 'index.audioSeconds': 1 };
    const hours = new Map<number, HeardHour>();
    for await (const { index } of this.#jobs.find(recent, { projection })) {
      const { audioAt = null, audioSeconds = 0 } = index ?? {};
      if (audioAt === null) continue;
      const hour = Math.floor(audioAt / HOUR_MS);
      const { until, seconds } = hours.get(hour) ?? { until: 0, seconds: 0 };
      hours.set(hour, { until: Math.max(until, audioAt), seconds: seconds + audioSeconds });
    }
    return [...hours.values()].sort((one, other) => one.until - other.until);
  }

  /** Also of uploads that are accepted while their jobs are still to be copied to where they live. */
  async #reserved(ownerId: string, { without = '', olderOnly = false }: UsageOptions): Promise<Reserved> {
    const states: UploadDocument['state'][] = ['open', 'resumable', 'accepted'];
    const underWay = await this.#uploads
      .find({ ownerId, state: { $in: states } })
      .project<UploadDocument>({ openedAt: 1, reservedBytes: 1, reservedJobs: 1, 'resumable.length': 1 })
      .toArray();
    const own = underWay.find(({ _id }) => _id === without);
    const counted = underWay.filter((upload) => upload !== own && !(olderOnly && isYounger(upload, own)));
    return {
      bytes: sum(counted, ({ resumable, reservedBytes = 0 }) => resumable?.length ?? reservedBytes),
      jobs: sum(counted, ({ reservedJobs = 1 }) => reservedJobs),
    };
  }
}

/** Of two that were opened in the same millisecond neither is. */
function isYounger(upload: UploadDocument, than: UploadDocument | undefined): boolean {
  if (upload.openedAt === undefined || than?.openedAt === undefined) return false;
  return upload.openedAt > than.openedAt;
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}

import { terminalStates, type JobView } from '@clipscribe/contracts';
import type { Medium } from './media.ts';
import type { Person } from './person.ts';
import type { ResumableUpload } from './resumable-upload.ts';

/** An upload that was begun. */
export interface TrackedUpload {
  /** Name of its file, which no other upload has. */
  name: string;
  medium: Medium;
  owner: Person;
  /** Idempotency-Key, which no other upload has. */
  key?: string;
  /** For an upload in pieces that is to be brought to its end. */
  resumable?: ResumableUpload;
  /** Ids that its 202s named; more than one is a breach. */
  jobIds: Set<string>;
}

/** A job that was answered with 202, and what its owner has asked for since. */
export interface TrackedJob {
  id: string;
  upload: TrackedUpload;
  /** Further runs: those that were answered with 202, and those whose request was not answered clearly. */
  reruns: { certain: number; unclear: number };
  /** `now`: the last thing that was answered was a cancellation. */
  isCancelled: boolean;
  /** A cancellation was not answered clearly; it may have come into force at any time. */
  wasCancelUnclear: boolean;
  gone: 'no' | 'perhaps' | 'yes';
  /** As it was last seen. */
  seen: JobView;
}

/** All that was uploaded and answered in a run. */
export class Book {
  readonly uploads: TrackedUpload[] = [];
  readonly jobs = new Map<string, TrackedJob>();
  readonly #onBreach: (subject: string, what: string) => void;

  constructor(onBreach: (subject: string, what: string) => void) {
    this.#onBreach = onBreach;
  }

  begin(upload: Omit<TrackedUpload, 'jobIds'>): TrackedUpload {
    const tracked = { ...upload, jobIds: new Set<string>() };
    this.uploads.push(tracked);
    return tracked;
  }

  /** An upload was answered with 202. */
  accepted(upload: TrackedUpload, view: JobView): void {
    upload.jobIds.add(view.id);
    if (upload.jobIds.size > 1)
      this.#onBreach(upload.name, `is several jobs: ${[...upload.jobIds].join(', ')}`);
    if (view.source.name !== upload.name)
      this.#onBreach(view.id, `was made for ${upload.name}, and is called ${view.source.name}`);
    const known = this.jobs.get(view.id);
    if (known === undefined)
      this.jobs.set(view.id, {
        ...{ id: view.id, upload, reruns: { certain: 0, unclear: 0 } },
        ...{ isCancelled: false, wasCancelUnclear: false, gone: 'no', seen: view },
      });
    else this.saw(known, view);
  }

  /**
   * Requests that were under way at once were answered with 202. One may have waited long (its gateway was paused, say)
   * and tell of the job as it was later, so that the order of the answers says nothing: the older views come first.
   */
  acceptedTogether(upload: TrackedUpload, views: readonly JobView[]): void {
    const oldestFirst = views.toSorted(
      (one, other) => Date.parse(one.updatedAt) - Date.parse(other.updatedAt),
    );
    for (const view of oldestFirst) this.accepted(upload, view);
  }

  /** Takes note of how a job looks now; what it has reached it must not lose. */
  saw(job: TrackedJob, now: JobView): void {
    const before = job.seen;
    const wasOver = terminalStates.includes(before.state);
    const isSameRun = before.run === now.run;
    // Answers to two requests may overtake each other; those of one run only.
    if (now.run < before.run) this.#onBreach(job.id, `was in run ${before.run}, and is in run ${now.run}`);
    if (isSameRun && wasOver && now.state !== before.state)
      this.#onBreach(job.id, `was ${before.state}, and is ${now.state} in the same run`);
    const { fileId } = before.audio;
    const isKept = fileId !== undefined && before.audio.error === undefined;
    if (isKept && now.audio.fileId !== fileId)
      this.#onBreach(job.id, `had the MP3 ${fileId}, and has ${now.audio.fileId ?? 'none'}`);
    job.seen = now;
  }

  of(owner: Person): TrackedJob[] {
    return [...this.jobs.values()].filter((job) => job.upload.owner === owner);
  }
}

export function isOver(job: TrackedJob): boolean {
  return terminalStates.includes(job.seen.state);
}

import type { JobView } from '@clipscribe/contracts';
import { signal } from '@preact/signals';
import { ask } from './api.ts';
import { learn } from './jobs.ts';

/** Jobs asked for at a time. */
export const JOBS_A_PAGE = 50;

interface JobPage {
  jobs: JobView[];
  nextCursor: string | null;
}

/** A list of jobs of the gateway, newest first, as far as it was loaded: all of them, or those of a name. */
export class JobPages {
  /** What the names of its jobs contain; empty for all jobs. */
  readonly search: string;
  readonly ids = signal<readonly string[]>([]);
  /** Where the next page begins; null when all are there, undefined before the first one. */
  readonly nextCursor = signal<string | null | undefined>(undefined);
  #loading: Promise<void> | undefined;

  constructor(search = '') {
    this.search = search;
  }

  /** Loads anew what was loaded before, at least the newest: what was deleted meanwhile is gone. @throws Refusal, Unreachable */
  async reload(): Promise<void> {
    let cursor: string | undefined;
    let above: string | undefined;
    do {
      const before = new Set(this.ids.value);
      const page = await this.#ask(cursor);
      this.#replace(page, above, before);
      above = page.jobs.at(-1)?.id;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && this.#isAnyBelow(above));
    if (!this.#isAnyBelow(above)) this.nextCursor.value = cursor ?? null;
  }

  /** Loads the page behind the last one; does nothing when there is none, and joins one that is under way. */
  loadMore(): Promise<void> {
    const cursor = this.nextCursor.value;
    if (cursor === null || cursor === undefined) return Promise.resolve();
    this.#loading ??= this.#ask(cursor)
      .then((page) => {
        const ids = new Set(this.ids.value);
        const further = page.jobs.map(({ id }) => id).filter((id) => !ids.has(id));
        this.ids.value = [...this.ids.value, ...further];
        this.nextCursor.value = page.nextCursor;
      })
      .finally(() => {
        this.#loading = undefined;
      });
    return this.#loading;
  }

  /** Gives a job its place when it is newer than the last one there. */
  insert(id: string): void {
    const ids = this.ids.value;
    const last = ids.at(-1);
    if (ids.includes(id) || (last !== undefined && this.nextCursor.value !== null && id < last)) return;
    this.ids.value = sorted([...ids, id]);
  }

  remove(id: string): void {
    this.ids.value = this.ids.value.filter((one) => one !== id);
  }

  /** Takes a page for all that there is between the job above it and its own last one, or the end. */
  #replace({ jobs, nextCursor }: JobPage, above: string | undefined, before: ReadonlySet<string>): void {
    const last = nextCursor === null ? '' : (jobs.at(-1)?.id ?? '');
    const fresh = new Set(jobs.map(({ id }) => id));
    const isOutside = (id: string): boolean => id < last || (above !== undefined && id >= above);
    // What came while the page was asked for may be newer than the answer.
    const others = this.ids.value.filter((id) => !fresh.has(id) && (isOutside(id) || !before.has(id)));
    this.ids.value = sorted([...fresh, ...others]);
  }

  #isAnyBelow(last = ''): boolean {
    return this.ids.value.some((id) => id < last);
  }

  async #ask(cursor?: string): Promise<JobPage> {
    const query = new URLSearchParams({ limit: String(JOBS_A_PAGE) });
    if (this.search !== '') query.set('search', this.search);
    if (cursor !== undefined) query.set('cursor', cursor);
    const page = await ask<JobPage>(`/jobs?${query.toString()}`);
    for (const job of page.jobs) learn(job);
    return page;
  }
}

/** Ids sort by the time of their making. */
function sorted(ids: readonly string[]): string[] {
  return ids.toSorted((one, other) => (one < other ? 1 : -1));
}

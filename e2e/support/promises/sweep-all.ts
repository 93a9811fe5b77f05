import type { FileStore } from '@clipscribe/file-store';
import { Sweeper } from '@clipscribe/job-protocol';
import type { JobStore } from '@clipscribe/job-store';
import { silentLog } from '@clipscribe/runtime';
import type { Stores } from './surroundings.ts';

const MAX_SWEEPS = 1000;

/** What sweeps have come upon since this was last set back. */
interface Seen {
  found: number;
  /** All files were looked at, in batches. */
  isRoundOver: boolean;
}

/**
 * Sweeps as the gateway does, until a whole round finds nothing more, with every leftover old enough to go. Only while no
 * upload and no work is under way: what these have just written is old enough too.
 */
export async function sweepAll({ jobs, files, queue }: Stores): Promise<void> {
  const seen: Seen = { found: 0, isRoundOver: false };
  const ports = { jobs: agedJobs(jobs, seen), files: agedFiles(files, seen), queue, log: silentLog };
  const sweeper = new Sweeper(ports);
  for (let sweeps = 0; sweeps < MAX_SWEEPS; sweeps += 1) {
    await sweeper.sweep();
    if (!seen.isRoundOver) continue;
    if (seen.found === 0) return;
    Object.assign(seen, { found: 0, isRoundOver: false });
  }
  throw new Error(`something is still left to sweep after ${MAX_SWEEPS} times`);
}

/** The same jobs; every upload that is not accepted counts as given up, unless it can be resumed. */
function agedJobs(jobs: JobStore, seen: Seen): JobStore {
  return forwarding(jobs, {
    staleIntents: async (_ageMs, limit) => {
      const intents = await jobs.staleIntents(0, limit);
      seen.found += intents.length;
      return intents;
    },
    due: async (limit) => {
      const due = await jobs.due(limit);
      seen.found += due.length;
      return due;
    },
    dueUploads: async (limit) => {
      const due = await jobs.dueUploads(limit);
      seen.found += due.length;
      return due;
    },
  });
}

/** The same files; each is as old as the sweeper asks for. Deletions are what it finds. */
function agedFiles(files: FileStore, seen: Seen): FileStore {
  return forwarding(files, {
    listOlderThan: async (_ageMs, options) => {
      const found = await files.listOlderThan(0, options);
      seen.isRoundOver ||= found.length < options.limit;
      return found;
    },
    sweepPartials: () => files.sweepPartials(0),
    delete: async (id) => {
      seen.found += 1;
      await files.delete(id);
    },
  });
}

/** The object with some of its methods replaced. */
function forwarding<T extends object>(target: T, replaced: Partial<T>): T {
  return new Proxy(target, {
    get: (_target, name) => {
      const own: unknown = Reflect.get(replaced, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

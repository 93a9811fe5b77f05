import { terminalStates, type Job } from '@clipscribe/contracts';
import { resultFilesOf } from './job-files.ts';

/** How long things are kept after the end of the run, in ms; null for as long as nobody deletes them. */
export interface Retention {
  sources: number | null;
  results: number | null;
  /** Whole jobs; it wins where it is shorter than the others. */
  jobs: number | null;
}

/** Nothing expires. */
export const keepForEver: Retention = { sources: null, results: null, jobs: null };

/** When the parts of a job that has ended expire, ms since the epoch; absent for never, or not known yet. */
export function expiryOf(
  job: Job,
  retention: Retention,
): { source?: number; results?: number; job?: number } {
  const { finishedAt } = job;
  if (finishedAt === undefined || !terminalStates.includes(job.state)) return {};
  const at = (...kept: (number | null)[]): number | undefined => {
    const times = kept.filter((ms) => ms !== null);
    return times.length === 0 ? undefined : finishedAt + Math.min(...times);
  };
  const source = job.source.expiredAt === undefined ? at(retention.sources, retention.jobs) : undefined;
  const results = resultFilesOf(job).length > 0 ? at(retention.results, retention.jobs) : undefined;
  const whole = at(retention.jobs);
  return {
    ...(source === undefined ? {} : { source }),
    ...(results === undefined ? {} : { results }),
    ...(whole === undefined ? {} : { job: whole }),
  };
}

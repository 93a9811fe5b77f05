import { visibleStates, type JobView } from '@clipscribe/contracts';
import { table } from '@clipscribe/terminal';
import { Option } from 'commander';
import { z } from 'zod';
import { filled, wholeNumber } from '../arguments.ts';
import { defineCommand } from '../command.ts';
import { getJob, listJobs } from '../jobs/api-jobs.ts';
import { jobDetails, jobProgress } from '../jobs/job-text.ts';
import { bytesText, percentText } from '../screen/units.ts';

const MOST = 1000;

export const jobs = defineCommand({
  syntax: 'jobs [id]',
  summary: 'list your jobs, newest first, or show one',
  options: [
    new Option('--state <state>', 'only those in this state').choices(visibleStates),
    new Option('--search <text>', 'only those whose file name or title contains this, in any case'),
    new Option('--limit <n>', `at most so many, up to ${MOST} (default: 20)`),
    new Option('--cursor <id>', 'go on behind this job, as the end of the page before said'),
  ],
  examples: [
    ['clipscribe jobs --state failed', 'what went wrong'],
    ['clipscribe jobs --search lecture --limit 100', 'by name'],
    ['clipscribe jobs --quiet --state succeeded', 'the ids alone'],
    ['clipscribe jobs 019aa5c3-0000-7000-8000-000000000000', 'everything about one'],
  ],
  args: z.object({
    id: z.string().optional(),
    state: z.enum(visibleStates).optional(),
    search: z.string().trim().pipe(filled).optional(),
    limit: wholeNumber(1, MOST).optional(),
    cursor: filled.optional(),
  }),
  run: async ({ account, out }, { id, limit = 20, ...filter }) => {
    if (id !== undefined) {
      const job = await getJob(account, id);
      out.result(
        job,
        () => jobDetails(job),
        () => job.state,
      );
      return;
    }
    // One more than wanted tells whether there are more.
    const { found, last } = await collect(listJobs(account, filter, limit + 1), limit);
    out.result(
      { jobs: found, nextCursor: last },
      () => (found.length === 0 ? 'no jobs' : jobTable(found)),
      () => found.map((job) => job.id).join('\n'),
    );
    if (last !== null) out.note(`there are more; go on with --cursor ${last}`);
  },
});

/** Those that fit, and behind which job to go on, or null when there are no more. */
async function collect(
  all: AsyncIterable<JobView>,
  limit: number,
): Promise<{ found: JobView[]; last: string | null }> {
  const found: JobView[] = [];
  for await (const job of all) {
    if (found.length === limit) return { found, last: found.at(-1)?.id ?? null };
    found.push(job);
  }
  return { found, last: null };
}

function jobTable(found: readonly JobView[]): string {
  const rows = found.map((job) => [
    job.id,
    stateText(job),
    job.createdAt.replace(/\.\d+Z$/, 'Z'),
    bytesText(job.source.bytes),
    job.source.name,
  ]);
  return table(['ID', 'STATE', 'CREATED', 'SIZE', 'FILE'], rows);
}

function stateText(job: JobView): string {
  const { fraction } = jobProgress(job);
  const code = job.state === 'failed' ? job.error?.code : undefined;
  if (code !== undefined) return `${job.state}: ${code}`;
  return fraction === undefined ? job.state : `${job.state} ${percentText(fraction)}`;
}

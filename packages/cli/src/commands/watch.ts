import type { VisibleState } from '@clipscribe/contracts';
import { z } from 'zod';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { endAsFirstFailure } from '../each-id.ts';
import { listJobs } from '../jobs/api-jobs.ts';
import { followJob, isOver } from '../jobs/follow-job.ts';
import { failureOf, jobLine, jobProgress } from '../jobs/job-text.ts';
import { mapLimited } from '../map-limited.ts';
import { createBoard, type ProgressBoard } from '../screen/progress-board.ts';

/** Each holds a connection; the others follow when one has ended. */
const AT_ONCE = 10;

const unfinished: readonly VisibleState[] = ['queued', 'converting', 'transcribing'];

export const watch = defineCommand({
  syntax: 'watch [ids...]',
  summary: 'follow jobs until they have ended; without ids, all that have not',
  details: 'Ends with code 7 if one failed. With --json it prints a job at every change, one a line.',
  examples: [
    ['clipscribe watch', 'all that is under way'],
    ['clipscribe watch 019aa5c3-0000-7000-8000-000000000000 && say done', 'one'],
  ],
  args: z.object({ ids: z.array(z.string()).default([]) }),
  run: async (context, { ids }) => {
    const { out, signal } = context;
    const watched = ids.length === 0 ? await allUnfinished(context) : [...new Set(ids)];
    if (watched.length === 0) out.note('nothing is under way');
    const board = createBoard(out);
    const results = await mapLimited(watched, AT_ONCE, async (id) => {
      signal.throwIfAborted();
      try {
        await watchOne(context, board, id);
      } catch (error) {
        signal.throwIfAborted();
        out.error(error, id);
        throw error;
      }
    });
    signal.throwIfAborted();
    endAsFirstFailure(results);
  },
});

async function watchOne({ account, out }: Context, board: ProgressBoard, id: string): Promise<void> {
  let row: ReturnType<ProgressBoard['row']> | undefined;
  try {
    const job = await followJob(account, id, (now) => {
      if (out.json) out.result(now, () => '');
      row ??= board.row(now.source.name);
      if (!isOver(now)) row.show(jobProgress(now));
    });
    row?.end();
    if (!out.json)
      out.result(
        job,
        () => jobLine(job),
        () => `${job.id} ${job.state}`,
      );
    const failure = failureOf(job);
    if (failure !== undefined) throw failure;
  } finally {
    row?.end();
  }
}

async function allUnfinished({ account }: Context): Promise<string[]> {
  const ids: string[] = [];
  for (const state of unfinished) for await (const job of listJobs(account, { state })) ids.push(job.id);
  // One that went on while it was listed is there twice.
  return [...new Set(ids)];
}

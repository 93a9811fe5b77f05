import { realpath } from 'node:fs/promises';
import { Option } from 'commander';
import { z } from 'zod';
import type { JobView } from '@clipscribe/contracts';
import { uploadArguments, uploadMetadata, uploadOptions } from '../arguments.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { endAsFirstFailure } from '../each-id.ts';
import { getJob } from '../jobs/api-jobs.ts';
import { followJob, isOver } from '../jobs/follow-job.ts';
import { failureOf, jobLine, jobProgress } from '../jobs/job-text.ts';
import { mapLimited } from '../map-limited.ts';
import { Pace } from '../screen/pace.ts';
import { createBoard, type ProgressRow } from '../screen/progress-board.ts';
import { lookAtFile } from '../uploads/local-file.ts';
import { UploadRecords } from '../uploads/upload-records.ts';
import { Uploader, type Metadata } from '../uploads/uploader.ts';

/** Side by side: more share the same line, and each holds a connection. */
const AT_ONCE = 3;

export const upload = defineCommand({
  syntax: 'upload <files...>',
  summary: 'upload recordings, each of which becomes a job',
  details:
    'Goes on by itself when the connection breaks. After Ctrl-C, or whatever else ended it, the same command goes on where\n' +
    'it stood, as long as the file is the same. With --wait it ends when the jobs have ended, with code 7 if one failed.',
  options: [new Option('--wait', 'wait until the jobs have ended'), ...uploadOptions],
  examples: [
    ['clipscribe upload talk.mp4', 'prints the id of the job'],
    ['clipscribe upload --wait --language de *.mov', 'several, and waits for all'],
    ['id=$(clipscribe upload --quiet talk.mp4)', 'for scripts'],
  ],
  args: z.object({ files: z.array(z.string()).min(1), wait: z.boolean().default(false), ...uploadArguments }),
  run: async (context, args) => {
    const { account, folders, out, signal } = context;
    const records = new UploadRecords(folders.state);
    await records.prune(Date.now());
    const uploader = new Uploader(account, records);
    const board = createBoard(out);
    const task = { uploader, metadata: uploadMetadata(args), wait: args.wait };
    const results = await mapLimited(await distinctFiles(args.files), AT_ONCE, async (file) => {
      signal.throwIfAborted();
      const row = board.row(file);
      try {
        await uploadOne(context, { ...task, file, row });
      } catch (error) {
        signal.throwIfAborted();
        out.error(error, file);
        throw error;
      } finally {
        row.end();
      }
    });
    signal.throwIfAborted();
    endAsFirstFailure(results);
  },
});

/** A file that is given twice counts once, also by another path or by a symbolic link. */
async function distinctFiles(files: readonly string[]): Promise<string[]> {
  const found = new Map<string, string>();
  for (const file of files) {
    const path = await realpath(file).catch(() => file);
    if (!found.has(path)) found.set(path, file);
  }
  return [...found.values()];
}

interface UploadTask {
  uploader: Uploader;
  metadata: Metadata;
  wait: boolean;
  file: string;
  row: ProgressRow;
}

async function uploadOne(
  { account, out }: Context,
  { uploader, metadata, wait, file, row }: UploadTask,
): Promise<void> {
  const local = await lookAtFile(file);
  const pace = new Pace();
  const { jobId, forget } = await uploader.upload(local, metadata, (position) => {
    row.show({
      stage: 'uploading',
      fraction: position / local.bytes,
      detail: pace.text(position, local.bytes),
    });
  });
  const job = wait
    ? await followJob(account, jobId, (now) => {
        if (!isOver(now)) row.show(jobProgress(now));
      })
    : await getJob(account, jobId);
  row.end();
  tellJob(out, file, job);
  // Only now: had we been stopped before, the same command would have told of the same job.
  await forget();
  const failure = wait ? failureOf(job) : undefined;
  if (failure !== undefined) throw failure;
}

function tellJob(out: Context['out'], file: string, job: JobView): void {
  out.result(
    { file, job },
    () => jobLine(job),
    () => job.id,
  );
}

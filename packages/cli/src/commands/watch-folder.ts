import { mkdir, realpath, stat } from 'node:fs/promises';
import { visible } from '@clipscribe/terminal';
import { Option } from 'commander';
import { z } from 'zod';
import { filled, uploadArguments, uploadMetadata, uploadOptions, wholeNumber } from '../arguments.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { AlreadyTold, cannotRead, cannotWrite, CliError, errorText } from '../errors.ts';
import { CompleteFiles } from '../folder/complete-files.ts';
import { lockFolder } from '../folder/folder-lock.ts';
import { watchFolder, type FolderWork } from '../folder/folder-watch.ts';
import { Journal } from '../folder/journal.ts';
import { moveInto } from '../folder/move-file.ts';
import { MEDIA_PATTERN, nameMatcher } from '../folder/pattern.ts';
import { Pace } from '../screen/pace.ts';
import { createBoard } from '../screen/progress-board.ts';
import { lookAtFile } from '../uploads/local-file.ts';
import { UploadRecords } from '../uploads/upload-records.ts';
import { Uploader } from '../uploads/uploader.ts';

export const watchFolderCommand = defineCommand({
  syntax: 'watch-folder <dir>',
  summary: 'upload what appears in a folder, each file once',
  details:
    'A file is complete when its size and time have not changed for some seconds. What was uploaded is remembered, so that\n' +
    'a restart uploads nothing twice; a file that was changed counts as new. Folders in the folder are left alone, and so\n' +
    'are hidden files and those of unfinished copies (.part, .tmp and the like).',
  options: [
    new Option('--once', 'end when everything that is there was uploaded'),
    new Option(
      '--pattern <glob>',
      `files to upload, by *, ? and {a,b} (default: usual endings of recordings)`,
    ),
    new Option('--move-to <dir>', 'move files there when they are uploaded (same file system)'),
    new Option('--settle <seconds>', 'unchanged for so long counts as complete (default: 5)'),
    ...uploadOptions,
  ],
  examples: [
    ['clipscribe watch-folder ~/Recordings', 'until Ctrl-C'],
    ['clipscribe watch-folder --once --move-to ~/Recordings/done ~/Recordings', 'for cron'],
    ["clipscribe watch-folder --pattern 'lecture-*.{mkv,mp4}' .", 'some files'],
  ],
  args: z.object({
    dir: z.string(),
    once: z.boolean().default(false),
    pattern: filled.default(MEDIA_PATTERN),
    moveTo: filled.optional(),
    settle: wholeNumber(1, 3600).optional(),
    ...uploadArguments,
  }),
  run: async (context, args) => {
    const folder = await realFolder(args.dir);
    if (args.moveTo !== undefined) await makeFolder(args.moveTo, folder);
    const journal = await Journal.open(context.folders.state, context.api.server, folder);
    const unlock = await lockFolder(`${journal.path}.lock`);
    try {
      const files = new CompleteFiles(folder, nameMatcher(args.pattern), (args.settle ?? 5) * 1000);
      if (!args.once) context.out.note(`watching ${folder}; Ctrl-C ends it`);
      const error = await watchFolder(folderWork(context, { ...args, files, journal }), args.once);
      if (error !== undefined) throw new AlreadyTold(error.exitCode);
    } finally {
      await unlock();
    }
  },
});

type WorkOptions = Parameters<typeof uploadMetadata>[0] &
  Pick<FolderWork, 'files' | 'journal'> & { moveTo?: string | undefined };

function folderWork(context: Context, { files, journal, moveTo, ...options }: WorkOptions): FolderWork {
  const { account, folders, out, signal } = context;
  const uploader = new Uploader(account, new UploadRecords(folders.state));
  const metadata = uploadMetadata(options);
  const board = createBoard(out);
  return {
    files,
    journal,
    signal,
    upload: async ({ path, name, bytes, mtimeMs }) => {
      const row = board.row(name);
      const pace = new Pace();
      try {
        const file = { ...(await lookAtFile(path)), name, bytes, mtimeMs };
        return await uploader.upload(file, metadata, (position) => {
          row.show({ stage: 'uploading', fraction: position / bytes, detail: pace.text(position, bytes) });
        });
      } finally {
        row.end();
      }
    },
    done: async ({ path, name }, jobId, isNew) => {
      const movedTo = moveTo === undefined ? undefined : await moveInto(path, moveTo);
      if (!isNew) return;
      const moved = movedTo === undefined ? {} : { movedTo };
      out.result(
        { file: path, jobId, ...moved },
        () => `${visible(name)}: uploaded, job ${jobId}`,
        () => jobId,
      );
    },
    failed: ({ path, name }, error, willRetry) => {
      if (willRetry) out.note(`${visible(name)}: ${errorText(error)}; it is tried again later`);
      else out.error(error, out.json ? path : name);
    },
  };
}

async function realFolder(dir: string): Promise<string> {
  try {
    if ((await stat(dir)).isDirectory()) return await realpath(dir);
  } catch (error) {
    throw cannotRead(dir, error);
  }
  throw new CliError('NOT_A_FILE', `${dir} is not a folder`);
}

/** @throws CliError CANNOT_WRITE, also where files of `from` cannot be moved to, before any is uploaded */
async function makeFolder(dir: string, from: string): Promise<void> {
  await mkdir(dir, { recursive: true }).catch((error: unknown) => {
    throw cannotWrite(dir, error);
  });
  if ((await stat(dir)).dev === (await stat(from)).dev) return;
  const detail = `${dir} is on another file system than ${from}; name a folder on the same one`;
  throw new CliError('CANNOT_WRITE', detail);
}

import type { CliCommand } from '../command.ts';
import { cancel } from './cancel.ts';
import { completion } from './completion.ts';
import { deleteJobs } from './delete.ts';
import { download } from './download.ts';
import { jobs } from './jobs.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { retry } from './retry.ts';
import { transcript } from './transcript.ts';
import { upload } from './upload.ts';
import { watchFolderCommand } from './watch-folder.ts';
import { watch } from './watch.ts';
import { whoami } from './whoami.ts';

/** Everything that `clipscribe` can do, in the order of its help. */
export const commands: readonly CliCommand[] = [
  login,
  logout,
  whoami,
  upload,
  jobs,
  watch,
  download,
  transcript,
  retry,
  cancel,
  deleteJobs,
  watchFolderCommand,
  completion,
];

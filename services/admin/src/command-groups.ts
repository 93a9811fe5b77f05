import { discardDeadLetters } from './commands/dead-letters/discard.ts';
import { listDeadLetters } from './commands/dead-letters/list.ts';
import { replayDeadLetters } from './commands/dead-letters/replay.ts';
import { showDeadLetter } from './commands/dead-letters/show.ts';
import { listJobs } from './commands/jobs/list.ts';
import { retryJobs } from './commands/jobs/retry.ts';
import { showJob } from './commands/jobs/show.ts';
import { addUser } from './commands/users/add.ts';
import { disableUser } from './commands/users/disable.ts';
import { enableUser } from './commands/users/enable.ts';
import { listUsers } from './commands/users/list.ts';
import { resetPassword } from './commands/users/reset-password.ts';
import type { CommandGroup } from './program.ts';

/** Everything that `npm run admin` can do. */
export const commandGroups: readonly CommandGroup[] = [
  {
    name: 'dead-letters',
    summary: 'messages that no worker could handle',
    commands: [listDeadLetters, showDeadLetter, replayDeadLetters, discardDeadLetters],
  },
  {
    name: 'users',
    summary: 'who may sign in',
    commands: [listUsers, addUser, disableUser, enableUser, resetPassword],
  },
  {
    name: 'jobs',
    summary: 'what became of the uploads of all users',
    commands: [listJobs, showJob, retryJobs],
  },
];

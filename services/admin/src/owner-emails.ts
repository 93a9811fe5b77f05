import type { Job } from '@clipscribe/contracts';
import type { UserStore } from '@clipscribe/user-store';

/** The addresses of the owners of these jobs, by job; for an account that is gone, the one its mails went to. */
export async function ownerEmails(users: UserStore, jobs: readonly Job[]): Promise<(job: Job) => string> {
  const owners = new Map<string, string | undefined>();
  for (const ownerId of new Set(jobs.map((job) => job.ownerId)))
    owners.set(ownerId, (await users.findById(ownerId))?.email);
  return (job) => owners.get(job.ownerId) ?? job.ownerEmail;
}

import type { Job } from '@clipscribe/contracts';
import { openJobStore } from '@clipscribe/job-store';
import { openUserStore } from '@clipscribe/user-store';
import { SAMPLE_KEY } from './sample.ts';

/** The sample's job of an earlier start, if it is still there. */
export async function findSample(
  urls: { users: string; jobs: string },
  adminEmail: string,
): Promise<Job | undefined> {
  const users = await openUserStore(urls.users);
  const jobs = await openJobStore(urls.jobs);
  try {
    const admin = await users.findByEmail(adminEmail);
    return admin === null ? undefined : (await jobs.findByIdempotencyKey(admin.id, SAMPLE_KEY))[0];
  } finally {
    await users.close();
    await jobs.close();
  }
}

import { openFileStore } from '@clipscribe/file-store';
import { openJobQueue } from '@clipscribe/job-queue';
import { openJobStore } from '@clipscribe/job-store';
import type { Env, Log } from '@clipscribe/runtime';

/**
 * What a killed predecessor held is free again: as the only user of the folder, nothing has to wait for leases
 * and claims to run out. Only for embedded adapters; servers have other users.
 */
export async function recover(env: Env, log: Log): Promise<void> {
  const { JOBS_URL = '', FILES_URL = '', QUEUE_URL = '' } = env;
  if (JOBS_URL.startsWith('sqlite:')) await (await openJobStore(JOBS_URL, { soleOwner: true })).close();
  if (QUEUE_URL.startsWith('sqlite:'))
    await (await openJobQueue(QUEUE_URL, { soleOwner: true, log })).close();
  if (!FILES_URL.startsWith('file:')) return;
  const files = await openFileStore(FILES_URL);
  await files.sweepPartials(0);
  await files.close();
}

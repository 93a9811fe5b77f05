import type { Job } from '@clipscribe/contracts';
import type { JobStore } from '@clipscribe/job-store';

const PAGE = 100;

/** All jobs of all owners, the newest first, but those that are being deleted. */
export async function* allJobs(jobs: JobStore): AsyncGenerator<Job> {
  let cursor: string | undefined;
  for (;;) {
    const page = await jobs.list({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    yield* page;
    cursor = page.at(-1)?.id;
    if (page.length < PAGE) return;
  }
}

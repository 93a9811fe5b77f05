import { openFileStore, type FileStore } from '@clipscribe/file-store';
import { openJobQueue, type JobQueue } from '@clipscribe/job-queue';
import { openJobStore, type JobStore } from '@clipscribe/job-store';
import { silentLog } from '@clipscribe/runtime';
import { soon } from '../soon.ts';

/** Where a running clipscribe keeps its things, so that somebody outside can look at all of them. */
export interface Surroundings {
  urls: Readonly<Record<'JOBS_URL' | 'FILES_URL' | 'QUEUE_URL', string>>;
  /** Folder of the mails that came, as .eml files. */
  outbox: string;
  /** Where the converters put their temporary files (`TEMP_DIR`). */
  workFolders: readonly string[];
}

/** The stores themselves, beside the services that work on them. */
export interface Stores {
  jobs: JobStore;
  files: FileStore;
  queue: JobQueue;
}

const REACH_MS = 60_000;

/** Opens the stores and waits until they answer. */
export async function openStores({ urls }: Pick<Surroundings, 'urls'>): Promise<Stores> {
  const stores = {
    jobs: await openJobStore(urls.JOBS_URL),
    files: await openFileStore(urls.FILES_URL),
    queue: await openJobQueue(urls.QUEUE_URL, { log: silentLog }),
  };
  for (const store of Object.values(stores)) await soon(() => answers(store), REACH_MS);
  return stores;
}

/** Opens the stores, and closes them after the work. */
export async function withStores<T>(
  surroundings: Pick<Surroundings, 'urls'>,
  work: (stores: Stores) => Promise<T>,
): Promise<T> {
  const stores = await openStores(surroundings);
  try {
    return await work(stores);
  } finally {
    await Promise.all([stores.jobs.close(), stores.files.close(), stores.queue.close()]);
  }
}

function answers(store: { ping: () => Promise<void> }): Promise<boolean> {
  return store.ping().then(
    () => true,
    () => false,
  );
}

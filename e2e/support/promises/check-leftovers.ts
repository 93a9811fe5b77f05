import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { terminalStates, type Job } from '@clipscribe/contracts';
import { filesOf, workFilesOf } from '@clipscribe/job-protocol';
import { breach, type Breach } from './ledger.ts';
import { mediaProcesses } from './media-processes.ts';
import { storedThings } from './stored-things.ts';
import type { Stores, Surroundings } from './surroundings.ts';

/** What is there that belongs to no job, and what a job refers to and is not there. The sweeper has been before. */
export async function checkLeftovers(
  surroundings: Surroundings,
  { jobs: store }: Stores,
  jobs: readonly Job[],
): Promise<Breach[]> {
  const [stored, intents, work] = await Promise.all([
    storedThings(surroundings.urls.FILES_URL),
    store.staleIntents(0, 100),
    Promise.all(surroundings.workFolders.map(checkWorkFolder)),
  ]);
  return [
    ...checkFiles(jobs, stored),
    ...intents.map(({ id }) => breach(id, 'an upload that nobody makes any more has an intent')),
    ...jobs.flatMap(checkLeases),
    ...work.flat(),
  ];
}

function checkFiles(jobs: readonly Job[], stored: ReadonlySet<string>): Breach[] {
  const belonging = new Set(jobs.flatMap(lastingFiles));
  const orphans = [...stored].filter((id) => !belonging.has(id));
  const missing = [...belonging].filter((id) => !stored.has(id));
  return [
    ...orphans.map((id) => breach(id, 'a stored file that no job refers to')),
    ...missing.map((id) => breach(id, 'a job refers to this file, which is not stored')),
  ];
}

/** What is stored for a job; of one that is over, without what only the work needed. */
function lastingFiles(job: Job): string[] {
  const work = terminalStates.includes(job.state) ? workFilesOf(job) : [];
  return filesOf(job).filter((id) => !work.includes(id));
}

/** Wherever in the job a lease may be: of its video, its chunks, its messages to the outside. */
function checkLeases(job: Job): Breach[] {
  const isLeased = terminalStates.includes(job.state) && JSON.stringify(job).includes('"lease":{');
  return isLeased ? [breach(job.id, 'a job that is over has a lease')] : [];
}

/** No media tool is at work; folders of living converters are empty, and there are none of dead ones. */
async function checkWorkFolder(folder: string): Promise<Breach[]> {
  const found = mediaProcesses(folder).map(({ line }) =>
    breach(folder, `a process was left behind: ${line}`),
  );
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = /^process-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || !existsSync(`/proc/${pid}`))
      found.push(breach(join(folder, name), 'a temporary folder was left behind'));
    const pieces = (await readdir(join(folder, name)).catch(() => [])).filter((one) =>
      one.startsWith('job-'),
    );
    for (const piece of pieces)
      found.push(breach(join(folder, name, piece), 'a temporary folder was left behind'));
  }
  return found;
}

import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from '../seeded-random.ts';
import { cancelJob, deleteJob, retryJob, transcribeAgain } from './actions/change.ts';
import { download, downloadRange, readTranscript } from './actions/download.ts';
import { listJobs, lookAtJob, lookFromOutside } from './actions/look.ts';
import { abandonUpload, uploadPlain, uploadTwice, uploadWithKey } from './actions/upload.ts';
import { uploadResumable } from './actions/upload-resumable.ts';
import { isOver, type TrackedJob } from './book.ts';
import type { ActorOptions, Scene } from './scene.ts';

type Action = (scene: Scene) => Promise<void>;

/** So many jobs of one person may be under way; with more, the machine would measure its queue. */
const MOST_ACTIVE = 6;
const REST_MS = { least: 50, most: 900 };

const actions = {
  uploadPlain,
  uploadWithKey,
  uploadTwice,
  uploadResumable,
  abandonUpload,
  lookAtJob,
  listJobs,
  lookFromOutside,
  download,
  downloadRange,
  readTranscript,
  cancelJob,
  retryJob,
  transcribeAgain,
  deleteJob,
} as const satisfies Record<string, Action>;
type ActionName = keyof typeof actions;

/** How often each comes up. */
const weights: Readonly<Record<ActionName, number>> = {
  ...{ uploadPlain: 14, uploadWithKey: 8, uploadTwice: 4, uploadResumable: 10, abandonUpload: 3 },
  ...{ lookAtJob: 22, listJobs: 3, lookFromOutside: 6 },
  ...{ download: 9, downloadRange: 4, readTranscript: 8 },
  ...{ cancelJob: 5, retryJob: 7, transcribeAgain: 4, deleteJob: 4 },
};

const uploads: ReadonlySet<ActionName> = new Set([
  ...(['uploadPlain', 'uploadWithKey', 'uploadTwice', 'uploadResumable', 'abandonUpload'] as const),
]);

/** The names of the first actions of an actor, as its generator decides them. */
export function planActions(random: SeededRandom, count: number): ActionName[] {
  return Array.from({ length: count }, (_, step) => random.fork(String(step)).weighted(weights));
}

/** Uses clipscribe until the signal comes, one action after the other. */
export async function act(options: ActorOptions, signal: AbortSignal): Promise<number> {
  const { person, book } = options;
  const jobs = (): TrackedJob[] => book.of(person);
  let step = 0;
  for (; !signal.aborted; step += 1) {
    const random = options.random.fork(String(step));
    const planned = random.weighted(weights);
    const active = jobs().filter((job) => !isOver(job) && job.gone === 'no').length;
    const name = uploads.has(planned) && active >= MOST_ACTIVE ? 'lookAtJob' : planned;
    await actions[name]({ ...options, random, name: `${person.name}-${step}.mp4`, jobs });
    const restMs = random.between(REST_MS.least, REST_MS.most);
    await delay(restMs, undefined, { signal }).catch(() => undefined);
  }
  return step;
}

import { join } from 'node:path';
import type { ChaosArguments } from './arguments.ts';
import { Breaches } from './breaches.ts';
import { writeDocuments } from './documents.ts';
import { takeSamples } from './calm.ts';
import { checkAll, type Verdict } from './checks/check-all.ts';
import { planFaults } from './faults/fault-plan.ts';
import type { HealedFault } from './faults/run-faults.ts';
import { TempSpace } from './faults/temp-space.ts';
import { hasResumableUploads } from './load/actions/upload-resumable.ts';
import { Book } from './load/book.ts';
import { makeMedia } from './load/media.ts';
import { gatherPeople, type People } from './people.ts';
import { perform, targetsOf, type Events } from './perform.ts';
import { SeededRandom } from './seeded-random.ts';
import type { Stage } from './stage.ts';
import { openTheatre } from './theatre.ts';

/** The lease of packages/job-protocol/src/timing.ts, and what short-times.mjs makes of it. */
export const LEASE_MS = { short: 20_000, shipped: 60_000 } as const;

/** Room for what four conversions need at once. */
const TEMP_BYTES = 96 * 2 ** 20;

export interface ChaosResult extends Verdict {
  breaches: Breaches;
  healed: readonly HealedFault[];
  actions: number;
  /** How often requests were answered how. */
  answers: ReadonlyMap<string, number>;
  hasTemp: boolean;
  isResumable: boolean;
  book: Book;
}

/** One run: starts everything in the folder, lets the faults come, heals, checks, stops. @throws StartError, or the signal's reason */
export async function runChaos(
  wanted: ChaosArguments,
  folder: string,
  { say, signal }: Events,
): Promise<ChaosResult> {
  const breaches = new Breaches(({ subject, what }) => {
    say(`BREACH   ${subject}: ${what}`);
  });
  const stackFolder = join(folder, 'stack');
  // Where the services of a stack put it (stack/service-envs.ts).
  const workFolder = join(stackFolder, 'work');
  const media = await makeMedia(folder);
  const temp = await TempSpace.mount(workFolder, TEMP_BYTES);
  try {
    const theatre = await openTheatre({ folder: stackFolder, times: wanted.times });
    try {
      return await runOn({ folder, theatre, temp, workFolder, media, breaches }, wanted, { say, signal });
    } finally {
      await theatre.stop();
    }
  } finally {
    temp?.unmount();
  }
}

interface Setting extends Pick<Stage, 'theatre' | 'temp' | 'workFolder' | 'media'> {
  folder: string;
  breaches: Breaches;
}

async function runOn(
  { breaches, folder, ...setting }: Setting,
  { kills, seed, times }: ChaosArguments,
  { say, signal }: Events,
): Promise<ChaosResult> {
  const onBreach = breaches.add.bind(breaches);
  const people = await gatherPeople(setting.theatre.gatewayUrls, onBreach);
  const { samples, jobIds: calm } = await takeSamples(people.bob.client, setting.media);
  say(`calm: ${setting.media.length} media gave what they should`);
  const random = new SeededRandom(seed);
  const plan = planFaults(random.fork('faults'), kills, LEASE_MS[times]);
  const book = new Book(onBreach);
  const isResumable = await hasResumableUploads(people.bob);
  const stage = { ...setting, people, book, samples, random, isResumable };
  const targets = targetsOf(stage, onBreach);
  signal.throwIfAborted();
  const { healed, actions } = await perform(plan, { ...stage, targets }, { say, signal }, onBreach);
  signal.throwIfAborted();
  say('all faults are over; waiting for the ends');
  const verdict = await checkAll({ ...stage, calm, calmOwner: people.bob, times, kills, onBreach });
  for (const target of targets.values()) target.leave();
  if (breaches.all.length > 0)
    await writeDocuments(setting.theatre.stack.urls.JOBS_URL, join(folder, 'documents.jsonl'));
  return {
    ...{ ...verdict, breaches, healed, actions, book, isResumable },
    ...{ hasTemp: setting.temp !== null, answers: answersOf(people) },
  };
}

function answersOf({ ada, bob }: People): Map<string, number> {
  const all = new Map<string, number>();
  for (const { answers } of [...ada, bob])
    for (const [answer, count] of answers) all.set(answer, (all.get(answer) ?? 0) + count);
  return all;
}

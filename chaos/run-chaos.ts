import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import type { ChaosArguments } from './arguments.ts';
import { Breaches } from './breaches.ts';
import { writeDocuments } from './documents.ts';
import { takeSamples } from './calm.ts';
import { checkAll, type Verdict } from './checks/check-all.ts';
import { planFaults, processNames, serviceNames, type Fault, type ProcessName } from './faults/fault-plan.ts';
import { runFaults, type HealedFault } from './faults/run-faults.ts';
import { Target } from './faults/target.ts';
import { TempSpace } from './faults/temp-space.ts';
import { act } from './load/actor.ts';
import { hasResumableUploads } from './load/actions/upload-resumable.ts';
import { Book } from './load/book.ts';
import { makeMedia } from './load/media.ts';
import { gatherPeople, type People } from './people.ts';
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

export interface Events {
  /** One line about what happens. */
  say: (text: string) => void;
  signal: AbortSignal;
}

/** One run: starts everything in the folder, lets the faults come, heals, checks, stops. @throws StartError */
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
  const { healed, actions } = await perform(plan, { ...stage, targets }, { say, signal }, onBreach);
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

/** Load and faults at once; resolves when all faults have healed and all actors have left. */
async function perform(
  plan: readonly Fault[],
  stage: Stage & { targets: ReadonlyMap<ProcessName, Target> },
  { say, signal }: Events,
  onBreach: (subject: string, what: string) => void,
): Promise<{ healed: HealedFault[]; actions: number }> {
  const { theatre, temp, targets } = stage;
  const ending = new AbortController();
  const acting = actAll(stage, ending.signal, onBreach);
  for (const target of targets.values()) target.watch();
  // The first faults find work under way.
  await delay(1000);
  const ports = { targets, temp, rabbitmq: theatre.stack.servers.rabbitmq, onBreach };
  const onFault = (fault: Fault): void => {
    say(describeFault(fault));
  };
  const healed = await runFaults(plan, { ...ports, onFault }, signal);
  ending.abort();
  return { healed, actions: (await acting).reduce((sum, count) => sum + count, 0) };
}

function actAll(
  { people, book, media, samples, random, isResumable }: Stage,
  signal: AbortSignal,
  onBreach: (subject: string, what: string) => void,
): Promise<number[]> {
  const [stranger = people.bob] = people.ada;
  const pairs = [
    ...people.ada.map((person) => ({ person, stranger: people.bob })),
    { person: people.bob, stranger },
  ];
  return Promise.all(
    pairs.map((pair) => {
      const own = random.fork(pair.person.name);
      return act({ ...pair, book, media, samples, random: own, isResumable, onBreach }, signal);
    }),
  );
}

function targetsOf(
  { theatre, temp }: Stage,
  onBreach: (subject: string, what: string) => void,
): Map<ProcessName, Target> {
  const targets = processNames.map((name) => {
    const mayFailToStart = (): boolean => name.startsWith('converter') && temp?.isFull === true;
    const isService = serviceNames.has(name);
    return new Target({ name, process: theatre.processes[name], isService, onBreach, mayFailToStart });
  });
  return new Map(targets.map((target) => [target.name, target]));
}

export function describeFault({ number, kind, victim, forMs }: Fault): string {
  return `#${String(number).padEnd(4)} ${kind.padEnd(8)} ${victim.padEnd(13)} for ${(forMs / 1000).toFixed(1)} s`;
}

function answersOf({ ada, bob }: People): Map<string, number> {
  const all = new Map<string, number>();
  for (const { answers } of [...ada, bob])
    for (const [answer, count] of answers) all.set(answer, (all.get(answer) ?? 0) + count);
  return all;
}

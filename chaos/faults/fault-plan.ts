import type { SeededRandom } from '../seeded-random.ts';

const ours = ['auth', 'gateway', 'gateway-2', 'converter', 'converter-2', 'notification'] as const;

/** The processes that faults come over. */
export const processNames = [...ours, 'rabbitmq', 'mariadb', 'mongodb', 'speech', 'mail'] as const;
export type ProcessName = (typeof processNames)[number];

/** Those that are clipscribe itself. */
export const serviceNames: ReadonlySet<ProcessName> = new Set(ours);

/** `temp` is the converters' temporary space, `memory` the broker's. */
export type Victim = ProcessName | 'temp' | 'memory';

/**
 * `kill` is SIGKILL and a start after a while, `restart` SIGTERM and a start after it has ended, `stop` SIGSTOP and
 * SIGCONT after a while, `pause` the same for longer than a lease lasts, so that others take the work over.
 */
export type FaultKind = 'kill' | 'restart' | 'stop' | 'pause' | 'fill' | 'alarm';

export interface Fault {
  /** From 1. */
  number: number;
  /** When it comes, in ms from the begin of all faults; later when its victim has not healed from the one before. */
  atMs: number;
  victim: Victim;
  kind: FaultKind;
  /** Until its healing begins. */
  forMs: number;
}

/** How often each of them comes up among twenty faults; what holds the truth, and what does the work, most often. */
const deck: Readonly<Record<Victim, number>> = {
  auth: 1,
  gateway: 2,
  'gateway-2': 1,
  converter: 2,
  'converter-2': 1,
  notification: 2,
  rabbitmq: 2,
  mariadb: 1,
  mongodb: 3,
  speech: 1,
  mail: 2,
  temp: 1,
  memory: 1,
};

const kinds = { kill: 5, stop: 3, restart: 2 } as const;
const kindsOfWorkers = { ...kinds, pause: 1 } as const;
const workers: ReadonlySet<Victim> = new Set(['gateway-2', 'converter', 'converter-2', 'notification']);

const GAP_MS = { least: 500, most: 3500 };
const LASTING_MS = { least: 100, most: 6000 };

/**
 * All faults of a run, in the order of their coming. They overlap: one comes every two seconds on average, and lasts
 * for three. The same generator and numbers give the same plan.
 * @param leaseMs for how long a worker may be silent before its work is taken from it
 */
export function planFaults(random: SeededRandom, count: number, leaseMs: number): Fault[] {
  const faults: Fault[] = [];
  let [atMs, cards] = [0, dealt(random)];
  while (faults.length < count) {
    atMs += Math.round(random.between(GAP_MS.least, GAP_MS.most));
    const victim = cards.pop();
    if (victim === undefined) cards = dealt(random);
    else faults.push({ number: faults.length + 1, atMs, victim, ...faultOf(random, victim, leaseMs) });
  }
  return faults;
}

function dealt(random: SeededRandom): Victim[] {
  const entries = Object.entries(deck) as [Victim, number][]; // keys of the table are victims
  return random.shuffled(entries.flatMap(([victim, times]) => Array.from({ length: times }, () => victim)));
}

function faultOf(random: SeededRandom, victim: Victim, leaseMs: number): Pick<Fault, 'kind' | 'forMs'> {
  const forMs = Math.round(random.between(LASTING_MS.least, LASTING_MS.most));
  if (victim === 'temp') return { kind: 'fill', forMs };
  if (victim === 'memory') return { kind: 'alarm', forMs };
  const kind = random.weighted<FaultKind>(
    workers.has(victim) ? { ...none, ...kindsOfWorkers } : { ...none, ...kinds },
  );
  return { kind, forMs: kind === 'pause' ? leaseMs + forMs : forMs };
}

const none: Readonly<Record<FaultKind, number>> = {
  ...{ kill: 0, restart: 0, stop: 0, pause: 0 },
  ...{ fill: 0, alarm: 0 },
};

import { setTimeout as delay } from 'node:timers/promises';
import { processNames, serviceNames, type Fault, type ProcessName } from './faults/fault-plan.ts';
import { runFaults, type HealedFault } from './faults/run-faults.ts';
import { Target } from './faults/target.ts';
import { act } from './load/actor.ts';
import type { Stage } from './stage.ts';

export interface Events {
  /** One line about what happens. */
  say: (text: string) => void;
  /** Ends the faults before their time. */
  signal: AbortSignal;
}

/** Load and faults at once; resolves when all faults have healed and all actors have left. */
export async function perform(
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

export function targetsOf(
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

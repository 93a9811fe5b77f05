import { setTimeout as delay } from 'node:timers/promises';
import type { RabbitmqServer } from '@clipscribe/private-servers';
import { asError } from '../breaches.ts';
import type { Fault, ProcessName, Victim } from './fault-plan.ts';
import type { Target } from './target.ts';
import type { TempSpace } from './temp-space.ts';

export interface FaultPorts {
  targets: ReadonlyMap<ProcessName, Target>;
  /** Null where there is none, so that it cannot be filled. */
  temp: TempSpace | null;
  rabbitmq: Pick<RabbitmqServer, 'control'>;
  /** Told when a fault comes. */
  onFault: (fault: Fault) => void;
  onBreach: (subject: string, what: string) => void;
}

/** What the private RabbitMQ is started with (packages/private-servers/src/rabbitmq.ts). */
const USUAL_LIMIT = '1GiB';
/** Less than it needs by itself. */
const ALARMING_LIMIT = '1MB';

/** A fault that has happened, with the time that its victim needed from the fault until it was there again. */
export interface HealedFault extends Fault {
  healedMs: number;
}

/**
 * Lets the faults happen, each at its time; those of one victim one after the other. Resolves when all have healed.
 * A fault cannot be interrupted; the plan can, between two of them.
 */
export async function runFaults(
  plan: readonly Fault[],
  ports: FaultPorts,
  signal: AbortSignal,
): Promise<HealedFault[]> {
  const healed: HealedFault[] = [];
  const turns = new Map<Victim, Promise<void>>();
  const begunAt = performance.now();
  for (const fault of plan) {
    await waitFor(begunAt + fault.atMs, signal);
    if (signal.aborted) break;
    const victim = fault.victim === 'memory' ? 'rabbitmq' : fault.victim;
    const turn = (turns.get(victim) ?? Promise.resolve()).then(async () => {
      const healedMs = await happen(fault, ports);
      if (healedMs !== null) healed.push({ ...fault, healedMs });
    });
    turns.set(victim, turn);
  }
  await Promise.all(turns.values());
  return healed;
}

/** Null when it could not happen. */
async function happen(fault: Fault, ports: FaultPorts): Promise<number | null> {
  const begunAt = performance.now();
  ports.onFault(fault);
  try {
    await perform(fault, ports);
    return performance.now() - begunAt;
  } catch (error) {
    ports.onBreach(fault.victim, `${fault.kind} ${fault.number} did not heal: ${asError(error).message}`);
    return null;
  }
}

async function perform({ victim, kind, forMs }: Fault, ports: FaultPorts): Promise<void> {
  if (victim === 'temp') return fillTemp(ports.temp, forMs);
  if (victim === 'memory') return alarm(ports.rabbitmq, forMs);
  const target = ports.targets.get(victim);
  if (target === undefined) throw new Error(`there is no ${victim}`);
  if (kind === 'kill') return target.kill(forMs);
  if (kind === 'restart') return target.restart(forMs);
  return target.standStill(forMs);
}

async function fillTemp(temp: TempSpace | null, forMs: number): Promise<void> {
  if (temp === null) return;
  await temp.fill();
  await delay(forMs);
  await temp.free();
}

async function alarm({ control }: FaultPorts['rabbitmq'], forMs: number): Promise<void> {
  await control('set_vm_memory_high_watermark', 'absolute', ALARMING_LIMIT);
  await delay(forMs);
  await control('set_vm_memory_high_watermark', 'absolute', USUAL_LIMIT);
}

async function waitFor(at: number, signal: AbortSignal): Promise<void> {
  await delay(Math.max(0, at - performance.now()), undefined, { signal }).catch(() => undefined);
}

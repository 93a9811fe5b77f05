import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';

export interface ChaosArguments {
  /** Faults of all kinds. */
  kills: number;
  seed: string;
  /** `short`: leases, sweeps and the waits between attempts are a fraction of what ships, see short-times.mjs. */
  times: 'short' | 'shipped';
  /** Prints the plan and does nothing. */
  planOnly: boolean;
}

const MOST_KILLS = 10_000;

export const HELP = `npm run chaos -- [--kills N] [--seed S] [--times short|shipped] [--plan]

Starts all of clipscribe on servers of its own, keeps it busy, and meanwhile kills (-9), stops (SIGSTOP) and restarts
its services and servers, fills the temporary space and puts RabbitMQ into a memory alarm: N faults in all (20). Then
heals everything, waits, and checks every promise from outside. Exits with 1 when one is broken, with 2 when it was
called wrongly.

--kills N   how many faults, 0 to ${MOST_KILLS}
--seed S    decides which faults and what load, and when: the same text gives the same plan; a random one is printed
--times     short (default): leases, sweeps and waits between attempts are shortened, so that a run takes minutes;
            shipped: as they are, so that a run may take an hour
--plan      prints the faults of this seed and does nothing else
`;

/** The command was given wrongly; the message is one line. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
}

/** @returns null when only help was asked for. @throws ArgumentError naming what is wrong */
export function readArguments(args: readonly string[]): ChaosArguments | null {
  const values = parse(args);
  if (values.help === true) return null;
  return {
    kills: readKills(values.kills ?? '20'),
    seed: readSeed(values.seed),
    times: readTimes(values.times ?? 'short'),
    planOnly: values.plan === true,
  };
}

function parse(args: readonly string[]): {
  help?: boolean;
  kills?: string;
  seed?: string;
  times?: string;
  plan?: boolean;
} {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        kills: { type: 'string' },
        seed: { type: 'string' },
        times: { type: 'string' },
        plan: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    // Its messages name the option; the first sentence is enough.
    const message = error instanceof Error ? error.message : String(error);
    throw new ArgumentError(message.split(/[.\n]/, 1)[0] ?? message, { cause: error });
  }
}

function readKills(text: string): number {
  const kills = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (kills <= MOST_KILLS) return kills;
  throw new ArgumentError(`--kills must be a whole number from 0 to ${MOST_KILLS}, not ${text}`);
}

function readSeed(text: string = randomBytes(4).toString('hex')): string {
  if (/^[\w.:-]{1,64}$/.test(text)) return text;
  throw new ArgumentError('--seed must be 1 to 64 letters, digits, dots, colons, dashes or underscores');
}

function readTimes(text: string): ChaosArguments['times'] {
  if (text === 'short' || text === 'shipped') return text;
  throw new ArgumentError(`--times must be short or shipped, not ${text}`);
}

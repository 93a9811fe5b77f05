import { queueNames, terminalStates, type Job } from '@clipscribe/contracts';
import type { DeadLetter } from '@clipscribe/job-queue';
import type { Client } from '../client.ts';
import { allJobs } from './all-jobs.ts';
import { checkForeign, checkJob } from './check-job.ts';
import { checkLeftovers } from './check-leftovers.ts';
import { checkMails, mailsIn } from './check-mails.ts';
import { breach, type Breach, type Ledger } from './ledger.ts';
import type { Stores, Surroundings } from './surroundings.ts';
import { withStores } from './surroundings.ts';
import { sweepAll } from './sweep-all.ts';
import { untilQuiet } from './until-quiet.ts';

export interface CheckOptions {
  /** How long the work may still take. */
  healMs?: number;
  /** How many mails may have come twice: crashes between a mail server's answer and our record of it. */
  maxSecondCopies?: number;
  /** Whether a dead letter is one that the test knows of. */
  isExplained?: (letter: DeadLetter) => boolean;
  /** Somebody who owns none of the jobs, and must not see any. */
  stranger?: Client;
  /** Jobs that are meant to wait longer than the test does, such as for the operator. */
  waiting?: ReadonlySet<string>;
  /** Jobs that an earlier check has looked at, and that nobody has touched since. */
  unchanged?: ReadonlySet<string>;
}

export interface Findings {
  breaches: Breach[];
  /** All jobs that are there, also those whose 202 nobody saw. */
  jobs: number;
  mails: number;
  secondCopies: number;
  deadLetters: number;
}

/** Longer than a lease of a killed worker and the sweep after it. */
const HEAL_MS = 150_000;
const none: ReadonlySet<string> = new Set();
const MOST_DEAD_LETTERS = 10_000;

/**
 * Checks every promise from outside, once all processes and servers are up again: waits until nothing is left to do,
 * sweeps, and looks at each job with the eyes of its owner and at everything that is stored. No upload may be under way,
 * and nothing may be killed any more.
 */
export async function checkPromises(
  surroundings: Surroundings,
  ledger: Ledger,
  options: CheckOptions = {},
): Promise<Findings> {
  return withStores(surroundings, async (stores) => {
    const { healMs = HEAL_MS, waiting = none, unchanged = none, maxSecondCopies = 0, stranger } = options;
    const busy = await untilQuiet(stores.jobs, { limitMs: healMs, isWaiting: (id) => waiting.has(id) });
    await sweepAll(stores);
    const jobs = await Array.fromAsync(allJobs(stores.jobs));
    const sent = await mailsIn(surroundings.outbox);
    const mails = checkMails(sent, jobs, ledger, maxSecondCopies);
    const letters = await deadLetters(stores, options.isExplained ?? (() => false));
    const breaches = [
      ...busy.map(describeBusy),
      ...(await checkEach(ledger, (id) => waiting.has(id) || unchanged.has(id), stranger)),
      ...mails.breaches,
      ...(await checkLeftovers(surroundings, stores, jobs)),
      ...letters.breaches,
    ];
    const { secondCopies } = mails;
    return { breaches, jobs: jobs.length, mails: sent.length, secondCopies, deadLetters: letters.count };
  });
}

/** One line for each breach; empty when every promise was kept. */
export function describeBreaches({ breaches }: Findings): string {
  return breaches.map(({ subject, what }) => `${subject}: ${what}`).join('\n');
}

/** One job after the other: the machine may be a small one. */
async function checkEach(
  ledger: Ledger,
  isLeftOut: (id: string) => boolean,
  stranger: Client | undefined,
): Promise<Breach[]> {
  const found: Breach[] = [];
  for (const [id, promised] of ledger) {
    if (isLeftOut(id)) continue;
    found.push(...(await checkJob(id, promised)));
    if (stranger !== undefined) found.push(...(await checkForeign(stranger, id, promised)));
  }
  return found;
}

function describeBusy({ id, state, dueAt, outbox, notice }: Job): Breach {
  if (!terminalStates.includes(state)) return breach(id, `is not over, but ${state}`);
  const details = `dueAt ${dueAt ?? 'null'}, ${outbox.length} messages, mail ${notice?.state ?? 'none'}`;
  return breach(id, `is ${state}, and something is left to do for it (${details})`);
}

async function deadLetters(
  { queue }: Stores,
  isExplained: (letter: DeadLetter) => boolean,
): Promise<{ breaches: Breach[]; count: number }> {
  const found: DeadLetter[] = [];
  for (const name of queueNames) found.push(...(await queue.deadLetters(name, MOST_DEAD_LETTERS)));
  const unexplained = found.filter((letter) => !isExplained(letter));
  return {
    count: found.length,
    breaches: unexplained.map(({ id, queue: name, reason, body }) =>
      breach(id, `a dead letter of ${name} that nobody explains: ${reason}: ${body}`),
    ),
  };
}

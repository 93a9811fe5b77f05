import { setTimeout as delay } from 'node:timers/promises';
import type { DeadLetter } from '@clipscribe/job-queue';
import { checkPromises, type Findings } from '../../e2e/support/promises/check-promises.ts';
import { withStores } from '../../e2e/support/promises/surroundings.ts';
import type { ChaosArguments } from '../arguments.ts';
import { completeResumable } from '../load/actions/upload-resumable.ts';
import { note, send } from '../load/actions/upload.ts';
import type { TrackedUpload } from '../load/book.ts';
import type { Medium } from '../load/media.ts';
import type { Person } from '../load/person.ts';
import type { Stage } from '../stage.ts';
import { checkOutcomes, findUnseen, settleUploads } from './check-outcomes.ts';
import { checkContents, checkMailKinds, checkQueues } from './check-stores.ts';
import { ledgerOf } from './promised.ts';
import { settleResumable } from './settle-resumable.ts';

export interface CheckContext extends Stage {
  /** Jobs of the time before the faults. */
  calm: ReadonlyMap<string, Medium>;
  calmOwner: Person;
  times: ChaosArguments['times'];
  kills: number;
  onBreach: (subject: string, what: string) => void;
}

export interface Verdict {
  findings: Findings;
  /** Jobs whose 202 nobody had seen. */
  unseen: number;
  storedFiles: number;
  /** ms from the last healing to the end of the last job, its mail and its messages. */
  endedMs: number;
  /** ms that the slowest service needed to be ready after the last healing. */
  readyMs: number;
}

/** Longer than a lost lease, the sweep after it, and the waits between some attempts. */
const HEAL_MS = { short: 150_000, shipped: 4_500_000 } as const;
const QUEUES_MS = { short: 60_000, shipped: 3_700_000 } as const;
const READY_MS = 60_000;
const POLL_MS = 200;
const REPEATS = 20;
const REPEAT_AFTER_MS = 500;

/** One mail in two hundred kills may come twice. */
const KILLS_PER_SECOND_COPY = 200;

/** Waits until all is quiet, and checks every promise from outside. Nothing is broken any more. */
export async function checkAll(context: CheckContext): Promise<Verdict> {
  const { theatre, people, book, calm, times, samples, onBreach, kills } = context;
  const begunAt = performance.now();
  await untilReady(context);
  const readyMs = performance.now() - begunAt;
  await settleUploads(book, (upload) => repeat(context, upload), onBreach);
  const { stack } = theatre;
  const surroundings = { urls: stack.urls, outbox: stack.outbox, workFolders: [context.workFolder] };
  await withStores(surroundings, ({ jobs }) => settleResumable(jobs, stack.urls.JOBS_URL, onBreach));
  const everybody = [...people.ada, people.bob];
  const unseen = await findUnseen(book, everybody, new Set(calm.keys()), onBreach);
  const findings = await checkPromises(surroundings, ledgerOf(book, calm, context.calmOwner.client), {
    healMs: HEAL_MS[times],
    maxSecondCopies: Math.ceil(kills / KILLS_PER_SECOND_COPY),
    isExplained,
  });
  const endedMs = performance.now() - begunAt;
  for (const { subject, what } of findings.breaches) onBreach(subject, what);
  await checkOutcomes(book, samples, onBreach);
  await checkMailKinds(stack.outbox, onBreach);
  const storedFiles = await withStores(surroundings, async ({ files, queue }) => {
    await checkQueues(queue, QUEUES_MS[times], onBreach);
    return checkContents(files, onBreach);
  });
  return { findings, unseen, storedFiles, endedMs, readyMs };
}

/** A message that was at work in many processes that were killed goes there; the sweeper sees to its job. */
function isExplained({ reason }: DeadLetter): boolean {
  return /delivery.limit/.test(reason);
}

async function untilReady({ theatre, onBreach }: CheckContext): Promise<void> {
  const deadline = performance.now() + READY_MS;
  for (const url of theatre.managementUrls) {
    for (;;) {
      const answer = await fetch(`${url}/readyz`).catch(() => null);
      if (answer?.status === 200) break;
      if (performance.now() > deadline) {
        onBreach(url, `is not ready: ${(await answer?.text()) ?? 'no answer'}`);
        break;
      }
      await delay(POLL_MS);
    }
  }
}

async function repeat({ book }: CheckContext, upload: TrackedUpload): Promise<void> {
  for (let tries = 0; tries < REPEATS && upload.jobIds.size === 0; tries += 1) {
    if (tries > 0) await delay(REPEAT_AFTER_MS);
    if (upload.resumable === undefined) note(book, upload, await send(upload));
    else await completeResumable(book, upload);
  }
}

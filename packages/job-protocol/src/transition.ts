import { jobFields, type Job, type OutboxEntry } from '@clipscribe/contracts';
import type { JobQueue } from '@clipscribe/job-queue';
import type { JobStore, ReplaceOptions } from '@clipscribe/job-store';
import { inSpan, sleep, UnavailableError, type Log, type Metrics, type Tracer } from '@clipscribe/runtime';
import { dueAt } from './due.ts';
import { observeTransition } from './observe-transition.ts';

/** What a transition needs of the queue. */
export type Publisher = Pick<JobQueue, 'publish'>;

/** What a transition works on. */
export interface TransitionPorts {
  jobs: JobStore;
  queue: Publisher;
  log: Log;
  /** Absent where nobody scrapes them. */
  metrics?: Metrics;
}

/** What the protocol works on. */
export interface ProtocolPorts extends TransitionPorts {
  queue: JobQueue;
  /** Absent while nothing is traced. */
  tracer?: Tracer | undefined;
}

/** A step of the state machine, pure: the next job, or null when the step does not apply (any more). */
export type Change = (job: Job, now: number) => Job | null;

const MAX_COLLISIONS = 50;
const MAX_WAIT_MS = 50;

/**
 * Applies a change by compare-and-set, again after a collision, and publishes the outbox entries it added.
 * @returns the job as stored, or null when the job is gone or the change did not apply
 */
export async function transition(
  ports: TransitionPorts,
  jobId: string,
  change: Change,
  options: ReplaceOptions = {},
): Promise<Job | null> {
  for (let collisions = 0; collisions < MAX_COLLISIONS; collisions += 1) {
    const reading = await ports.jobs.get(jobId);
    if (reading === null) return null;
    const changed = change(reading.job, reading.now);
    if (changed === null) return null;
    const next = { ...changed, dueAt: nextDueAt(reading.job, changed, reading.now) };
    if (!(await ports.jobs.replace(next, reading.job.version, options))) {
      // Many workers may be at one job: a wait of random length, longer each time, lets each of them get through.
      await sleep(Math.random() * Math.min(2 ** collisions, MAX_WAIT_MS));
      continue;
    }
    const stored = { ...next, version: reading.job.version + 1 };
    observeTransition(ports.metrics, reading.job, stored);
    const fresh = newEntries(reading.job, stored);
    if (fresh.length > 0) await publishOutbox(ports, { ...stored, outbox: fresh });
    return stored;
  }
  throw new UnavailableError('job store', { cause: new Error(`job ${jobId} changes too often`) });
}

/** Entries that were there before are left to the one who wrote them, or else to the sweeper. */
function newEntries(before: Job, after: Job): OutboxEntry[] {
  const known = new Set(before.outbox.map(({ id }) => id));
  return after.outbox.filter(({ id }) => !known.has(id));
}

/** An entry that stays keeps its date: however often the job changes, the sweeper gets to it. */
function nextDueAt(before: Job, after: Job, now: number): number | null {
  const date = dueAt(after, now);
  const keepsEntries = newEntries(before, after).length < after.outbox.length;
  return keepsEntries && date !== null ? Math.min(before.dueAt ?? date, date) : date;
}

/**
 * Publishes what the job's outbox holds and strikes it off once the queue has confirmed it. A failure is only
 * logged: the entries stay, and the sweeper publishes them when the queue is back.
 */
export async function publishOutbox(ports: TransitionPorts, job: Job): Promise<void> {
  const published = new Set<string>();
  try {
    for (const entry of job.outbox) {
      await publish(ports.queue, entry);
      published.add(entry.id);
    }
  } catch (error) {
    ports.log.warn(
      { ...jobFields(job), err: error },
      'message not published yet; the sweeper will try again',
    );
  }
  if (published.size === 0) return;
  try {
    await transition(ports, job.id, strikeOff(published), { redoable: true });
  } catch (error) {
    ports.log.warn({ ...jobFields(job), err: error }, 'message not struck off; it will be published twice');
  }
}

function publish(queue: Publisher, { queue: name, body, delayMs }: OutboxEntry): Promise<void> {
  const attributes = { 'messaging.destination.name': name, 'messaging.operation.type': 'send' };
  return inSpan(`send ${name}`, { kind: 'producer', attributes }, () =>
    queue.publish(name, body, { delayMs }),
  );
}

function strikeOff(published: ReadonlySet<string>): Change {
  return (job) => {
    const outbox = job.outbox.filter(({ id }) => !published.has(id));
    return outbox.length === job.outbox.length ? null : { ...job, outbox };
  };
}

import { newId, terminalStates, type Job } from '@clipscribe/contracts';
import { JobFailure } from '@clipscribe/contracts';
import type { Handler } from '@clipscribe/job-queue';
import {
  audioDone,
  cancel,
  chunkDone,
  chunksCut,
  chunkCheckpoint,
  claimVideo,
  isTranscribed,
  jobSlot,
  publishOutbox,
  transcriptDone,
  transcriptSkipped,
  transition,
  videoAttemptFailed,
  videoGivenBack,
  Worker,
  type Change,
  type Work,
  type WorkContext,
} from '../src/index.ts';
import { turnKinds } from '../src/turns.ts';
import type { Bench } from './bench.ts';
import { someAudio } from './life.ts';
import { chunkWork } from './turn-work.ts';

type Step = 'video' | 'transcribe';

interface Waiting {
  queue: Step;
  body: string;
  /** ms since the epoch. */
  from: number;
}

const STEPS: readonly Step[] = ['video', 'transcribe'];
const MAX_CHUNKS = 4;

/**
 * Several owners with many jobs, workers that take turns, and a queue whose messages are delivered when and how often
 * the test likes. Everything but the queue is real.
 */
export class TurnsWorld {
  /** Messages that were published and that nobody has used up. */
  messages: Waiting[] = [];
  /** Share of the attempts that fail or are given back. */
  trouble = 0;
  readonly #bench: Bench;
  readonly #random: () => number;
  readonly #owners = Array.from({ length: 3 }, newId);
  readonly #jobs: string[] = [];

  constructor(bench: Bench, random: () => number) {
    this.#bench = bench;
    this.#random = random;
  }

  /** Whether something is true with this probability. */
  chance(share: number): boolean {
    return this.#random() < share;
  }

  async upload(): Promise<void> {
    this.#bench.advance(1);
    const owner = this.#owners[Math.floor(this.#random() ** 2 * this.#owners.length)];
    const job = await this.#bench.accept({}, owner);
    this.#jobs.push(job.id);
    // Otherwise its gateway dies, and the sweeper publishes.
    if (!this.chance(0.1)) await publishOutbox(this.#bench.ports, job);
    this.#collect();
  }

  async cancelOne(): Promise<void> {
    const id = this.#jobs[Math.floor(this.#random() * this.#jobs.length)];
    if (id !== undefined) await transition(this.#bench.ports, id, cancel);
  }

  doubleOne(): void {
    const message = this.messages[Math.floor(this.#random() * this.messages.length)];
    if (message !== undefined) this.messages.push({ ...message });
  }

  async sweep(): Promise<void> {
    await this.#bench.sweep();
    this.#collect();
  }

  /** Delivers up to `count` messages at once, mostly the first ones. */
  async deliver(count: number): Promise<void> {
    const { now } = this.#bench.clock;
    const due = this.messages.filter(({ from }) => from <= now);
    const some = due.filter((_, place) => place < count || this.chance(0.1)).slice(0, count);
    this.messages = this.messages.filter((message) => !some.includes(message));
    await Promise.all(some.map((message) => this.#handle(message)));
    this.#collect();
  }

  /** A worker takes a turn, claims the work, and dies: its message comes back, its lease runs out. */
  async dieAtWork(): Promise<void> {
    const step = this.chance(0.5) ? 'video' : 'transcribe';
    if (!this.messages.some(({ queue }) => queue === step)) return;
    const turn = await this.#bench.jobs.takeTurn(step);
    if (turn !== null) await transition(this.#bench.ports, turn.jobId, turnKinds[step].claim(newId()));
  }

  /** The jobs that are not over. */
  async unended(): Promise<Job[]> {
    const jobs = await Promise.all(this.#jobs.map((id) => this.#bench.job(id)));
    return jobs.filter(({ state }) => !terminalStates.includes(state));
  }

  async #handle(message: Waiting): Promise<void> {
    const { queue, body } = message;
    const outcome = await this.#handler(queue)({ queue, body, deliveryCount: 1 });
    if (outcome.kind === 'dead-letter') throw new Error(outcome.reason);
    if (outcome.kind === 'retry')
      this.messages.push({ ...message, from: this.#bench.clock.now + outcome.delayMs });
  }

  /** A process of its own, so that one that stops does not take the others along. */
  #handler(step: Step): Handler {
    const worker = new Worker(this.#bench.ports);
    const run = async (context: WorkContext, change: () => Promise<Change>): Promise<Change> => {
      if (this.chance(this.trouble)) throw new JobFailure('STORAGE_FULL');
      if (!this.chance(this.trouble)) return change();
      worker.giveBack();
      return Promise.reject(context.lease.signal.reason as Error); // any error will do
    };
    if (step === 'video') {
      const work: Work = {
        ...{ slot: jobSlot, claim: claimVideo, attemptFailed: videoAttemptFailed, givenBack: videoGivenBack },
        run: (context) => run(context, () => Promise.resolve(this.#converted())),
      };
      return worker.handlerInTurn('video', () => work);
    }
    return worker.handlerInTurn('transcribe', ({ chunk }) =>
      chunkWork(chunk, (context) => run(context, () => heard(context, chunk))),
    );
  }

  #converted(): Change {
    const count = Math.floor(this.#random() * MAX_CHUNKS);
    const pieces = Array.from({ length: count }, (_, n) => ({
      ...{ startSeconds: n, endSeconds: n + 1 },
      fileId: newId(),
    }));
    const next = count === 0 ? transcriptSkipped() : chunksCut(pieces);
    return (job, now) => {
      const converted = audioDone(someAudio())(job, now);
      return converted && next(converted, now);
    };
  }

  #collect(): void {
    for (const { queue, jobId = '', chunk, delayMs } of this.#bench.queue.takePublished()) {
      const step = STEPS.find((name) => name === queue);
      if (step === undefined) continue;
      const body = JSON.stringify({ v: 1, jobId, ...(chunk === undefined ? {} : { chunk }) });
      // A delayed message may be late by a quarter of its delay.
      const late = Math.round(this.#random() * delayMs * 0.25);
      this.messages.push({ queue: step, body, from: this.#bench.clock.now + delayMs + late });
    }
  }
}

async function heard({ lease, job }: WorkContext, chunk: number): Promise<Change> {
  const next = (await lease.update(chunkCheckpoint(chunk, newId()))) ?? job;
  return isTranscribed(next) ? transcriptDone({ fileId: newId(), engine: 'test' }) : chunkDone(chunk);
}

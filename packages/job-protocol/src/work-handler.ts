import {
  messageFields,
  newId,
  parseMessage,
  type Job,
  type Message,
  type QueueName,
} from '@clipscribe/contracts';
import type { Handler, Outcome } from '@clipscribe/job-queue';
import type { JobReading, ReplaceOptions, TurnStep } from '@clipscribe/job-store';
import { inContext } from '@clipscribe/runtime';
import { LeasedWork, type Work } from './leased-work.ts';
import { transition, type ProtocolPorts } from './transition.ts';
import { turnKinds } from './turns.ts';

/** How long a message rests when the database cannot be asked. */
const OUTAGE_DELAY_MS = 10_000;

/** So often others may be faster at the work of a turn before the message waits for a moment. */
const MAX_TURNS = 20;
const CROWD_DELAY_MS = 1000;

const DONE: Outcome = { kind: 'done' };

/** Runs work as messages ask for it, and stops what is under way when the process has to end. */
export class Worker {
  readonly #ports: ProtocolPorts;
  readonly #work: LeasedWork;

  constructor(ports: ProtocolPorts, options: { finishPatienceMs?: number } = {}) {
    this.#ports = ports;
    this.#work = new LeasedWork(ports, options);
  }

  /** A queue handler that follows the protocol: claim, work under a lease, one finishing transition, then ack. */
  handler<Q extends QueueName>(queue: Q, workFor: (message: Message<Q>) => Work): Handler {
    return this.#reading(queue, async (message) => {
      await this.#tryNamed(queue, message.jobId, workFor(message));
      return DONE;
    });
  }

  /** As `handler`, but a message stands for any work of the step: that of the owner whose turn it is (turns.ts). */
  handlerInTurn<Q extends TurnStep>(queue: Q, workFor: (message: Message<Q>) => Work): Handler {
    return this.#reading(queue, (message, reading) => this.#handleInTurn(queue, message, reading, workFor));
  }

  /** Ends all work under way; it goes back to the queue and its attempts do not count. */
  giveBack(): void {
    this.#work.giveBack();
  }

  /** A handler of messages that can be read, with the jobs that they name. */
  #reading<Q extends QueueName>(
    queue: Q,
    handle: (message: Message<Q>, reading: JobReading) => Promise<Outcome>,
  ): Handler {
    const handleMessage = async (message: Message<Q>): Promise<Outcome> => {
      const { jobId } = message;
      try {
        if (this.#work.isStopping) return { kind: 'retry', delayMs: 0 };
        const reading = await this.#ports.jobs.get(jobId);
        if (reading === null) return { kind: 'dead-letter', reason: `there is no job ${jobId}` };
        return await handle(message, reading);
      } catch (error) {
        this.#ports.log.error({ jobId, queue, err: error }, 'message put back');
        return { kind: 'retry', delayMs: OUTAGE_DELAY_MS };
      }
    };
    return async ({ body }) => {
      const message = parseMessage(queue, body);
      if (message === null) return { kind: 'dead-letter', reason: 'the message cannot be read' };
      return inContext(messageFields(body), () => handleMessage(message));
    };
  }

  async #handleInTurn<Q extends TurnStep>(
    queue: Q,
    message: Message<Q>,
    { job: named, now }: JobReading,
    workFor: (message: Message<Q>) => Work,
  ): Promise<Outcome> {
    const { arrived, claim, taken } = turnKinds[queue];
    for (let turns = 0; turns < MAX_TURNS; turns += 1) {
      const turn = await this.#ports.jobs.takeTurn(queue);
      const isOwn = turn === null || turn.ownerId === named.ownerId;
      if (isOwn && (await this.#tryNamed(queue, named.id, workFor(message)))) return DONE;
      if (turn === null) return DONE;
      // Before the message is used up for something else.
      if (turns === 0 && arrived(message)(named, now) !== null)
        await transition(this.#ports, named.id, arrived(message), { redoable: true });
      const workOf = (job: Job, token: string): Work | null => {
        const piece = taken(job, token);
        return piece && workFor(piece);
      };
      if (await this.#try(queue, turn.jobId, claim, workOf)) return DONE;
    }
    return { kind: 'retry', delayMs: CROWD_DELAY_MS };
  }

  /** Does this piece of work of the job; false when it is not to be had. */
  #tryNamed(queue: QueueName, jobId: string, work: Work): Promise<boolean> {
    const taken = (job: Job, token: string): Work | null =>
      work.slot.get(job)?.token === token ? work : null;
    return this.#try(queue, jobId, work.claim, taken, { redoable: work.isLasting !== true });
  }

  /** Claims and does work; `taken` finds what was claimed with the token. */
  async #try(
    queue: QueueName,
    jobId: string,
    claim: Work['claim'],
    taken: (job: Job, token: string) => Work | null,
    options: ReplaceOptions = { redoable: true },
  ): Promise<boolean> {
    const token = newId();
    const job = await transition(this.#ports, jobId, claim(token), options);
    const work = job && taken(job, token);
    if (job === null || work === null) return false;
    await this.#work.run(queue, job, token, work);
    return true;
  }
}

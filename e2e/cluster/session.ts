import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { terminalStates, uploadAnswerSchema, type JobView } from '@clipscribe/contracts';
import { Client, type UploadPart } from '../support/client.ts';

const PAUSE_MS = 250;
const PATIENCE_MS = 90_000;

/** Requests that a person would repeat: nobody answered, or the gateway said to come again. */
class AgainError extends Error {
  override readonly name = 'AgainError';
}

/**
 * Somebody who is logged in and does not give up because a connection was cut: the forwarded port leads to one pod, and
 * pods go away here on purpose. Uploads carry an `Idempotency-Key`, so that repeating one makes no second job.
 */
export class Session {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  /** Waits until the gateway takes the password. */
  static async login(
    url: string,
    email: string,
    password: string,
    patienceMs = PATIENCE_MS,
  ): Promise<Session> {
    const login = (): Promise<Client> =>
      Client.login(url, email, password).catch((error: unknown) => {
        const isAnswer = error instanceof Error && /answered (?!5)/.test(error.message);
        throw isAnswer ? error : new AgainError('login', { cause: error });
      });
    return new Session(await patiently(login, patienceMs));
  }

  get token(): string {
    return this.#client.token;
  }

  /** Uploads one file. */
  async upload(part: UploadPart, fields: Record<string, string> = {}): Promise<string> {
    const headers = { 'idempotency-key': randomUUID() };
    return patiently(async () => {
      const { status, body } = await this.#client.post([part], fields, headers).catch(again);
      if (status >= 500) throw new AgainError(body);
      if (status !== 202 && status !== 200) throw new Error(`upload answered ${String(status)}: ${body}`);
      const [job] = uploadAnswerSchema.parse(JSON.parse(body)).jobs;
      return job?.id ?? '';
    });
  }

  job(id: string): Promise<JobView> {
    return patiently(() =>
      this.#client.job(id).catch((error: unknown) => {
        const isAnswer = error instanceof Error && /answered (?!5)/.test(error.message);
        throw isAnswer ? error : new AgainError('job', { cause: error });
      }),
    );
  }

  async until(id: string, condition: (job: JobView) => boolean, limitMs = 300_000): Promise<JobView> {
    const deadline = performance.now() + limitMs;
    for (;;) {
      const job = await this.job(id);
      if (condition(job)) return job;
      if (performance.now() > deadline) throw new Error(`gave up waiting: ${JSON.stringify(job)}`);
      await delay(PAUSE_MS);
    }
  }

  ended(id: string, limitMs?: number): Promise<JobView> {
    return this.until(id, ({ state }) => terminalStates.includes(state), limitMs);
  }

  /** The bytes behind a path. */
  async bytes(path: string): Promise<Buffer> {
    return patiently(async () => {
      const answer = await this.#client.fetch(path).catch(again);
      if (answer.status >= 500) throw new AgainError(await answer.text());
      if (!answer.ok)
        throw new Error(`GET ${path} answered ${String(answer.status)}: ${await answer.text()}`);
      return Buffer.from(await answer.arrayBuffer().catch(again));
    });
  }

  /** What a finished job gave, as a name: the same for all that were made of the same bytes in the same way. */
  async fingerprint(id: string): Promise<string> {
    const hash = createHash('sha256');
    hash.update(await this.bytes(`/jobs/${id}/audio`));
    hash.update(await this.bytes(`/jobs/${id}/transcript`));
    return hash.digest('hex');
  }
}

function again(cause: unknown): never {
  throw new AgainError('no answer', { cause });
}

async function patiently<T>(attempt: () => Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof AgainError)) throw error;
      if (performance.now() > deadline) throw new Error('nobody answered for long', { cause: error });
      await delay(PAUSE_MS);
    }
  }
}

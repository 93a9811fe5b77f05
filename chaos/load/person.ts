import { problems } from '@clipscribe/contracts';
import type { Client, UploadPart } from '../../e2e/support/client.ts';

export interface Answer {
  status: number;
  headers: Headers;
  body: Buffer;
}

export interface PersonOptions {
  name: string;
  /** One for each gateway, with the same token. */
  clients: readonly Client[];
  onBreach: (subject: string, what: string) => void;
}

/** Longer than any outage of a gateway that is not a pause. */
const PATIENCE_MS = 10_000;

/** What any request may be answered with while something is down. */
const excuses: readonly number[] = [problems.STORE_UNAVAILABLE.status, problems.STORAGE_FULL.status];

/** Somebody who uses clipscribe, by whichever gateway, and notes every answer that must not be. */
export class Person {
  readonly name: string;
  readonly #options: PersonOptions;
  #requests = 0;
  /** How many requests were answered how: by status, with the code of an outage. */
  readonly answers = new Map<string, number>();

  constructor(options: PersonOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /** The clients of the gateways, in turns. */
  get client(): Client {
    const { clients } = this.#options;
    const client = clients[(this.#requests += 1) % clients.length];
    if (client === undefined) throw new RangeError('a person needs a gateway');
    return client;
  }

  /**
   * Sends a request; `expected` are the statuses that it may be answered with when everything is there.
   * @returns null when there was no answer, or none that says whether it was done: it may have been, or may be yet
   */
  async ask(path: string, expected: readonly number[], init: RequestInit = {}): Promise<Answer | null> {
    try {
      const answer = await this.client.fetch(path, { signal: AbortSignal.timeout(PATIENCE_MS), ...init });
      const body = Buffer.from(await answer.arrayBuffer());
      const { status, headers } = answer;
      const isExpected = this.judge(`${init.method ?? 'GET'} ${path}`, expected, status, body.toString());
      return isExpected ? { status, headers, body } : null;
    } catch {
      return this.#unanswered();
    }
  }

  /** Uploads as multipart/form-data. */
  async upload(
    part: UploadPart,
    fields: Record<string, string>,
    options: { key?: string; signal?: AbortSignal; expected?: readonly number[] } = {},
  ): Promise<Answer | null> {
    const { key, signal = AbortSignal.timeout(PATIENCE_MS), expected = [202] } = options;
    const headers = key === undefined ? {} : { 'idempotency-key': key };
    try {
      const { status, body } = await this.client.post([part], fields, headers, signal);
      const isExpected = this.judge(`POST /upload of ${part.name}`, expected, status, body);
      return isExpected ? { status, headers: new Headers(), body: Buffer.from(body) } : null;
    } catch {
      return this.#unanswered();
    }
  }

  /** Counts an answer, or that there was none. */
  note(answer: string): void {
    this.answers.set(answer, (this.answers.get(answer) ?? 0) + 1);
  }

  #unanswered(): null {
    this.note('none');
    return null;
  }

  /** Counts an answer; one that must not be is a breach. True for those that say clearly what was done. */
  judge(what: string, expected: readonly number[], status: number, body: string): boolean {
    const code = excuses.includes(status) ? /"code":"(\w+)"/.exec(body)?.[1] : undefined;
    this.note(code === undefined ? String(status) : `${status} ${code}`);
    if (expected.includes(status)) return true;
    // One line, whatever it was.
    if (!excuses.includes(status))
      this.#options.onBreach(this.name, `${what} answered ${status}: ${JSON.stringify(body.slice(0, 300))}`);
    return false;
  }
}

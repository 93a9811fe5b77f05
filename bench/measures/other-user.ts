import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../../e2e/support/client.ts';
import { secondsOf } from './measure.ts';

/** How long requests took, in seconds. */
export interface Seen {
  /** `GET /jobs` on connections that stay open, as programs and browsers have them. */
  jobs: number[];
  /** The same on a connection of its own, as curl has it. */
  newJobs: number[];
  /** Checks of a token by auth itself. */
  validations: number[];
}

export function newSeen(): Seen {
  return { jobs: [], newJobs: [], validations: [] };
}

/** Between two requests of a kind, in ms. */
const EVERY_MS = 30;

/** Somebody who uses clipscribe while others flood it. */
export class OtherUser {
  readonly #client: Client;
  readonly #authUrl: string;

  constructor(client: Client, authUrl: string) {
    this.#client = client;
    this.#authUrl = authUrl;
  }

  /**
   * Sends requests at fixed times until `until` resolves, whether those before are answered or not: a moment in which
   * nothing is answered counts for each request that falls into it.
   */
  async watch(until: Promise<unknown>, ...seen: Seen[]): Promise<void> {
    const over = new AbortController();
    const ended = until.finally(() => {
      over.abort();
    });
    const sent: Promise<void>[] = [];
    const send = async (kind: keyof Seen): Promise<void> => {
      const sending = this.#send(kind, seen);
      sending.catch(() => {
        over.abort(); // the error is thrown below
      });
      sent.push(sending);
      await delay(EVERY_MS / 3);
    };
    while (!over.signal.aborted) {
      await send('jobs');
      await send('newJobs');
      await send('validations');
    }
    await Promise.all([ended, ...sent]);
  }

  async #send(kind: keyof Seen, seen: readonly Seen[]): Promise<void> {
    const headers = { authorization: `Bearer ${this.#client.token}` };
    const ask = {
      jobs: () => expectOk(this.#client.fetch('/jobs')),
      newJobs: () => onNewConnection(`${this.#client.url}/jobs`, headers),
      validations: () => expectOk(fetch(`${this.#authUrl}/validate`, { method: 'POST', headers })),
    };
    const seconds = await secondsOf(ask[kind]);
    for (const all of seen) all[kind].push(seconds);
  }
}

async function expectOk(answering: Promise<Response>): Promise<void> {
  const answer = await answering;
  await answer.text();
  if (answer.status !== 200) throw new Error(`${answer.url} answered ${String(answer.status)}`);
}

function onNewConnection(url: string, headers: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    const asking = get(url, { agent: false, headers }, (res) => {
      if (res.statusCode !== 200) reject(new Error(`${url} answered ${String(res.statusCode)}`));
      res.resume().once('end', resolve).once('error', reject);
    });
    asking.once('error', reject);
  });
}

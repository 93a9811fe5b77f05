import { JobFailure, type FailureCode } from '@clipscribe/contracts';
import type { Log } from '@clipscribe/runtime';
import { OpenaiEndpoint, type EndpointConfig, type Question } from './openai-endpoint.ts';

/** A failure that another server or key may not have, with how long (ms) the one that has it is asked last. */
const restMs: Partial<Readonly<Record<FailureCode, number>>> = {
  PROVIDER_AUTH: 300_000,
  PROVIDER_QUOTA: 300_000,
  PROVIDER_RATE_LIMITED: 30_000,
  PROVIDER_UNAVAILABLE: 30_000,
  PROVIDER_BAD_ANSWER: 30_000,
};

/** When all have failed, the failure that may end first is the one that counts. */
const hopefulFirst: readonly FailureCode[] = [
  'PROVIDER_RATE_LIMITED',
  'PROVIDER_UNAVAILABLE',
  'PROVIDER_BAD_ANSWER',
  'PROVIDER_QUOTA',
  'PROVIDER_AUTH',
];

/** With less time than this left, the next one is not asked any more. */
const MIN_MS = 1000;

interface Place {
  /** As the operator wrote it, without a password. */
  server: string;
  /** Place among the servers and keys, from 1. */
  place: number;
  endpoint: OpenaiEndpoint;
  /** Asked after the others until then, by the process's own clock (ms). */
  restsUntil: number;
  /** The failure that the operator was told of; told again only after it has worked in between. */
  reported: FailureCode | null;
}

export type Ask = Omit<Question, 'timeoutMs'> & {
  timeoutMs: number;
  /** By the process's own clock (ms): nothing is waited for beyond it. */
  deadline: number;
};

/** The servers and keys that the operator named, tried in this order; one that failed is asked last for a while. */
export class OpenaiEndpoints {
  readonly #places: readonly Place[];
  readonly #log: Log;

  constructor(configs: readonly EndpointConfig[], model: string, log: Log) {
    this.#log = log;
    this.#places = configs.map((config, index) => ({
      server: withoutPassword(config.baseUrl),
      place: index + 1,
      endpoint: new OpenaiEndpoint(config, model),
      restsUntil: 0,
      reported: null,
    }));
  }

  /**
   * The first answer that `read` accepts.
   * @throws JobFailure when no server gave one; the signal's reason when it was aborted
   */
  async ask<T>(question: Ask, read: (answer: unknown) => T): Promise<T> {
    const failures: JobFailure[] = [];
    for (const place of this.#inOrder()) {
      const timeoutMs = Math.min(question.timeoutMs, question.deadline - performance.now());
      if (failures.length > 0 && timeoutMs < MIN_MS) break;
      try {
        const heard = read(await place.endpoint.ask({ ...question, timeoutMs: Math.max(timeoutMs, MIN_MS) }));
        place.restsUntil = 0;
        place.reported = null;
        return heard;
      } catch (error) {
        if (!(error instanceof JobFailure) || restMs[error.code] === undefined) throw error;
        failures.push(this.#failed(place, error));
      }
    }
    throw mostHopeful(failures);
  }

  #inOrder(): Place[] {
    const now = performance.now();
    const restOf = ({ restsUntil }: Place): number => (restsUntil > now ? restsUntil : 0);
    return [...this.#places].sort((one, other) => restOf(one) - restOf(other));
  }

  #failed(place: Place, failure: JobFailure): JobFailure {
    const { code, cause, retryAfterMs } = failure;
    place.restsUntil = performance.now() + Math.max(restMs[code] ?? 0, retryAfterMs ?? 0);
    if (code !== 'PROVIDER_AUTH' && code !== 'PROVIDER_QUOTA') return failure;
    if (place.reported !== code) this.#report(place, failure);
    place.reported = code;
    return new JobFailure(code, {
      cause,
      reported: true,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }

  /** Only the operator can mend this: told once, not for every chunk. The answer itself may repeat the key. */
  #report({ server, place }: Place, { code }: JobFailure): void {
    const what =
      code === 'PROVIDER_AUTH'
        ? 'the speech service refuses the key, or there is none; set OPENAI_API_KEY right'
        : 'the quota at the speech service is used up; chunks are tried again every hour';
    this.#log.error({ code, server, place }, what);
  }
}

function mostHopeful(failures: readonly JobFailure[]): JobFailure {
  const rank = ({ code }: JobFailure): number => hopefulFirst.indexOf(code);
  const waits = ({ retryAfterMs = 0 }: JobFailure): number => retryAfterMs;
  const [best] = [...failures].sort((one, other) => rank(one) - rank(other) || waits(one) - waits(other));
  return best ?? new JobFailure('PROVIDER_AUTH');
}

function withoutPassword(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

import { describe, expect, it } from '@jest/globals';
import { backoffMs } from '@clipscribe/runtime';
import { AmqpTopology, RETRY_DELAYS_MS } from '../src/amqp-topology.ts';

const SECOND = 1000;
const HOUR = 3_600_000;
const topology = new AmqpTopology('', RETRY_DELAYS_MS);
const restOf = new Map(
  topology.declarations().map(({ name, arguments: args }) => [name, Number(args['x-message-ttl'])]),
);

/** The rests that a delayed message takes, in ms. */
function rests(delayMs: number): number[] {
  const taken: number[] = [];
  for (let remainingMs = delayMs; remainingMs > 0;) {
    const hop = topology.hop('video', remainingMs);
    taken.push(restOf.get(hop.name) ?? Number.NaN);
    ({ remainingMs } = hop);
  }
  return taken;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

describe('the way of a delayed message', () => {
  it.each([
    [0, []],
    [1, [SECOND]],
    [10 * SECOND, [5 * SECOND, 5 * SECOND]],
    [30 * SECOND, [30 * SECOND]],
    [25 * SECOND, [30 * SECOND]],
    [36 * SECOND, [30 * SECOND, 5 * SECOND, SECOND]],
    [600 * SECOND, [600 * SECOND]],
    [HOUR, [HOUR]],
    [2 * HOUR + 1, [HOUR, HOUR, SECOND]],
  ])('of %d ms has the rests %j', (delayMs, expected) => {
    expect(rests(delayMs)).toEqual(expected);
  });

  it('is never too short, hardly too long, and has few stops', () => {
    const delays = Array.from({ length: 2000 }, (_, index) => backoffMs(1 + (index % 8)));
    for (const delayMs of [...delays, 24 * HOUR, 23.99 * HOUR]) {
      const taken = rests(delayMs);
      expect(sum(taken)).toBeGreaterThanOrEqual(delayMs);
      expect(sum(taken)).toBeLessThanOrEqual(delayMs * 1.25 + SECOND);
      expect(taken.length).toBeLessThanOrEqual(20 + delayMs / HOUR);
    }
  });
});

describe('the queues', () => {
  const names = topology.declarations().map(({ name }) => name);

  it('have the names that the operator looks for', () => {
    expect(names.filter((name) => name.startsWith('video'))).toEqual([
      'video.dead',
      'video',
      'video.retry.1s',
      'video.retry.5s',
      'video.retry.30s',
      'video.retry.2m',
      'video.retry.10m',
      'video.retry.1h',
    ]);
    expect(names).toEqual(expect.arrayContaining(['transcribe', 'transcribe.dead', 'mp3', 'mp3.retry.1h']));
  });

  it('come after the ones that their dead letters go to, and keep them until those have them', () => {
    const known = new Set<unknown>([undefined]);
    for (const { name, arguments: args } of topology.declarations()) {
      const target = args['x-dead-letter-routing-key'];
      expect(known).toContain(target);
      known.add(name);
      expect(args['x-queue-type']).toBe('quorum');
      if (target === undefined) continue;
      expect(args).toMatchObject({
        'x-dead-letter-strategy': 'at-least-once',
        'x-overflow': 'reject-publish',
      });
    }
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Job } from '@clipscribe/contracts';
import { LEASE_MS, PUBLISH_GRACE_MS } from '../src/index.ts';
import { Bench } from './bench.ts';
import { randomFrom } from './job-model.ts';
import { TurnsWorld } from './turns-world.ts';

const MOVES = 60;
const WORKERS = 4;

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(async () => {
  await bench.close();
});

/** One thing that may happen. */
async function move(world: TurnsWorld): Promise<void> {
  if (world.chance(0.3)) await world.upload();
  if (world.chance(0.1)) world.doubleOne();
  if (world.chance(0.05)) await world.cancelOne();
  if (world.chance(0.1)) await world.dieAtWork();
  // The broker goes away after a few more messages, and comes back.
  if (world.chance(0.1)) bench.queue.capacity = world.chance(0.5) ? 2 : Infinity;
  if (world.chance(0.2)) bench.advance(10_000);
  if (world.chance(0.2)) await world.sweep();
  if (world.chance(0.5)) await world.deliver(WORKERS);
}

/** Something that a job waits for, other than a message that never comes: its publication, or the end of a lease. */
function isInGoodHands({ outbox, lease, chunks }: Job): boolean {
  return (
    outbox.length > 0 || [lease, ...chunks.map((chunk) => chunk.lease)].some((held) => held !== undefined)
  );
}

/** Lets everything heal: no more faults, and the time that leases and delays take. */
async function heal(world: TurnsWorld): Promise<void> {
  world.trouble = 0;
  bench.queue.capacity = Infinity;
  for (;;) {
    const { now } = bench.clock;
    if (world.messages.some(({ from }) => from <= now)) {
      await world.deliver(WORKERS);
    } else if ((await world.unended()).some(isInGoodHands)) {
      bench.advance(Math.max(LEASE_MS, PUBLISH_GRACE_MS));
      await world.sweep();
    } else if (world.messages.length > 0) {
      bench.clock.now = Math.min(...world.messages.map(({ from }) => from));
    } else return;
  }
}

describe('whatever happens to many jobs that are done in turns', () => {
  it.each(Array.from({ length: 12 }, (_, n) => n + 1))(
    'no work is left without a message (seed %d)',
    async (seed) => {
      const world = new TurnsWorld(bench, randomFrom(seed));
      world.trouble = 0.15;
      for (let moves = 0; moves < MOVES; moves += 1) await move(world);
      await heal(world);
      // The sweeper would find what is left here, but only a quarter of an hour later.
      expect(await world.unended()).toEqual([]);
    },
  );
});

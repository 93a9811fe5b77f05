import { describe, expect, it } from '@jest/globals';
import { planFaults } from '../faults/fault-plan.ts';
import { SeededRandom } from '../seeded-random.ts';

const LEASE_MS = 20_000;
const plan = (seed: string, count: number) => planFaults(new SeededRandom(seed), count, LEASE_MS);

describe('a plan of faults', () => {
  it('is the same for the same seed, and another one for another', () => {
    expect(plan('one', 200)).toEqual(plan('one', 200));
    expect(plan('one', 200)).not.toEqual(plan('two', 200));
  });

  it('begins as a longer one of the same seed does', () => {
    expect(plan('one', 200).slice(0, 20)).toEqual(plan('one', 20));
  });

  it('has as many faults as were asked for, one after the other', () => {
    const faults = plan('one', 137);
    expect(faults.map(({ number }) => number)).toEqual(Array.from({ length: 137 }, (_, index) => index + 1));
    for (const [index, { atMs }] of faults.entries())
      expect(atMs).toBeGreaterThan(faults[index - 1]?.atMs ?? 0);
    expect(plan('one', 0)).toEqual([]);
  });

  it('comes over everything within twenty faults', () => {
    const victims = new Set(plan('any', 20).map(({ victim }) => victim));
    expect([...victims].sort()).toEqual([
      ...['auth', 'converter', 'converter-2', 'gateway', 'gateway-2', 'mail', 'mariadb', 'memory', 'mongodb'],
      ...['notification', 'rabbitmq', 'speech', 'temp'],
    ]);
  });

  it('kills, stops, restarts and pauses processes, fills the disk and the memory, and nothing else', () => {
    const faults = plan('one', 400);
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(
      new Set(['kill', 'stop', 'restart', 'pause', 'fill', 'alarm']),
    );
    for (const { victim, kind, forMs } of faults) {
      expect(kind === 'fill').toBe(victim === 'temp');
      expect(kind === 'alarm').toBe(victim === 'memory');
      // So long that others take the work over.
      if (kind === 'pause') expect(forMs).toBeGreaterThan(LEASE_MS);
    }
  });
});

import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from '@jest/globals';
import type { StartOptions } from '@clipscribe/private-servers';
import type { ServiceName } from '../../../stack/service-envs.ts';
import { describeWorldOnServers } from '../../support/matrix/describe-worlds.ts';
import { heard } from '../../support/matrix/samples.ts';
import { soon } from '../../support/soon.ts';

const HOUR_MS = 3_600_000;
const LEASE_MS = 60_000;
/** A token is good for a day. */
const DAY_MS = 24 * HOUR_MS;
/** So long the gateway believes what auth said of a token. */
const CACHE_MS = 5000;

const preload = fileURLToPath(new URL('../../support/clock-shift.ts', import.meta.url));

const shiftedBy = (ms: number): StartOptions => ({
  args: ['--import', preload],
  env: { CLOCK_SHIFT_MS: String(ms) },
});

describeWorldOnServers('clocks', (world) => {
  afterEach(async () => {
    await world().api.control.order({ always: heard });
    for (const service of ['auth', 'gateway', 'converter', 'notification'] as const)
      await world().restart(service);
  });

  it.each([
    { name: '+1 h', fast: 'converter', slow: 'gateway' },
    { name: '-1 h', fast: 'gateway', slow: 'converter' },
  ] as const)('clock $name: leases unaffected', async ({ fast, slow }) => {
    const set = (service: ServiceName, ms: number): Promise<void> => world().restart(service, shiftedBy(ms));
    await Promise.all([set(fast, HOUR_MS), set(slow, -HOUR_MS), set('notification', HOUR_MS)]);
    await world().api.control.reset();
    await world().api.control.order({ always: { ...heard, delayMs: 3000 } });
    const { id } = await world().upload();
    const held = await world().storedUntil(id, ({ chunks }) => chunks[0]?.lease !== undefined);
    const { token = '', expiresAt = 0 } = held.chunks[0]?.lease ?? {};
    const leftMs = expiresAt - (await world().stores.jobs.now());
    expect(leftMs).toBeGreaterThan(0);
    expect(leftMs).toBeLessThanOrEqual(LEASE_MS);
    // It sweeps as soon as it starts.
    await set('gateway', fast === 'gateway' ? HOUR_MS : -HOUR_MS);
    const { state, chunks } = await world().stored(id);
    // On a slow machine the work may be done by now; what counts is that nobody took it for lost.
    const lease = state === 'transcribing' ? { lease: { token } } : {};
    expect(chunks[0]).toMatchObject({ attempts: 0, ...lease });
    await world().kept();
    expect((await world().api.control.report()).count).toBe(1);
  });

  it('clock ± 1 h: only auth judges token expiry', async () => {
    const status = async (): Promise<number> => (await world().client.fetch('/jobs')).status;
    for (const ms of [DAY_MS + HOUR_MS, -DAY_MS - HOUR_MS]) {
      await world().restart('gateway', shiftedBy(ms));
      expect(await status()).toBe(200);
    }
    await world().restart('gateway');
    await world().restart('auth', shiftedBy(HOUR_MS));
    expect(await status()).toBe(200);
    await world().restart('auth', shiftedBy(DAY_MS + HOUR_MS));
    await soon(async () => (await status()) === 401, 2 * CACHE_MS);
    await world().restart('auth');
    await soon(async () => (await status()) === 200);
    await world().kept();
  });
});

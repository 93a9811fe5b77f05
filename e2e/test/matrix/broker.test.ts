import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import type { RabbitmqServer } from '@clipscribe/private-servers';
import { describeWorldOnServers } from '../../support/matrix/describe-worlds.ts';
import { heard } from '../../support/matrix/samples.ts';
import { without } from '../../support/matrix/without.ts';

const RIGHT = { consumer_timeout: 1_800_000, channel_tick_interval: 60_000 };

describeWorldOnServers('the broker', (world) => {
  function broker(): RabbitmqServer {
    const { stack } = world().processes;
    if (stack === null) throw new Error('there is no broker');
    return stack.servers.rabbitmq;
  }

  it('broker killed and restarted: reconnect, resubscribe, nothing lost', async () => {
    const uploads = Promise.all(Array.from({ length: 6 }, () => world().upload()));
    await without(broker(), 'SIGKILL', () => Promise.resolve());
    await uploads;
    await world().upload();
    await world().kept();
  });

  it('broker stopped (SIGSTOP): reconnect, resubscribe, nothing lost', async () => {
    await world().upload();
    await without(broker(), 'SIGSTOP', async () => {
      const { id } = await world().upload();
      expect((await world().client.job(id)).state).toBe('queued');
    });
    await world().upload();
    await world().kept();
  });

  it('broker in memory alarm: nothing lost', async () => {
    const alarm = (limit: string): Promise<string> =>
      broker().control('set_vm_memory_high_watermark', 'absolute', limit);
    const before = await world().upload();
    await alarm('1MB');
    try {
      const during = await world().upload();
      // What was published before is still delivered; what comes now waits.
      await world().storedUntil(before.id, ({ state }) => state !== 'queued');
      expect((await world().stored(during.id)).state).toBe('queued');
    } finally {
      await alarm('1GiB');
    }
    await world().upload();
    await world().kept();
  });

  it('broker down at upload: 202; published when it is back', async () => {
    await without(broker(), 'SIGKILL', async () => {
      for (let uploads = 0; uploads < 2; uploads += 1) {
        const { id } = await world().upload();
        expect((await world().stored(id)).outbox).toHaveLength(1);
      }
    });
    await world().kept();
  });

  it('a delivery past the consumer timeout: resubscribed, late ack harmless', async () => {
    const set = async (values: typeof RIGHT): Promise<void> => {
      for (const [name, ms] of Object.entries(values))
        await broker().control('eval', `application:set_env(rabbit, ${name}, ${String(ms)}).`);
      // The limits are those of channels that are made from now on.
      await world().restart('converter');
    };
    await set({ consumer_timeout: 1000, channel_tick_interval: 500 });
    try {
      await world().api.control.reset();
      await world().api.control.order({ always: { ...heard, delayMs: 4000 } });
      const { id } = await world().upload();
      await world().client.ended(id);
      expect((await world().api.control.report()).count).toBe(1);
      const log = await readFile(join(world().folder, 'data', 'stack', 'logs', 'converter.log'), 'utf8');
      expect(log).toContain('the broker ended a subscription');
    } finally {
      await world().api.control.order({ always: heard });
      await set(RIGHT);
    }
    await world().upload();
    await world().kept();
  });
});

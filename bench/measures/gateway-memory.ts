import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { noise } from '../blob.ts';
import type { GatewayUnderTest } from '../gateway-process.ts';
import type { Measure } from './measure.ts';

const SMALL_BYTES = 40_000_000;
const LARGE_BYTES = 2_000_000_000;

/** (c) Peak memory of the gateway for a large upload, minus that for a small one; a fresh process for each. */
export async function measureGatewayMemory(folder: string, start: StartGateway): Promise<Measure> {
  const small = await peakRss(await start(join(folder, 'memory-small')), SMALL_BYTES);
  const large = await peakRss(await start(join(folder, 'memory-large')), LARGE_BYTES);
  return {
    id: 'c',
    what: 'gateway peak RSS, 2 GB upload − 40 MB upload',
    value: (large - small) / 2 ** 20,
    unit: 'MiB',
    limit: { kind: 'at most', value: 32 },
    details: { smallMiB: small / 2 ** 20, largeMiB: large / 2 ** 20 },
  };
}

type StartGateway = (folder: string) => Promise<GatewayUnderTest>;

async function peakRss({ client, gateway, stop }: GatewayUnderTest, bytes: number): Promise<number> {
  const [job] = await client.upload([{ name: 'video.mp4', bytes, content: () => noise(bytes) }]);
  const status = await readFile(`/proc/${String(gateway.pid)}/status`, 'utf8');
  await client.fetch(`/jobs/${job?.id ?? ''}`, { method: 'DELETE' });
  await stop();
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

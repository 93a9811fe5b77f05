import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { noise } from '../blob.ts';
import type { GatewayUnderTest } from '../gateway-process.ts';
import type { Measure } from './measure.ts';

const SMALL_BYTES = 40_000_000;
/** What MAX_UPLOAD allows by default. */
const LARGE_BYTES = 10e9;

/**
 * (t) Peak memory of the gateway for a large resumable upload in one request, minus that for a small one; a fresh
 * process for each. TUS_BYTES makes the large one smaller where there is no room for it.
 */
export async function measureTusMemory(folder: string, start: StartGateway): Promise<Measure> {
  const largeBytes = Number(process.env['TUS_BYTES'] ?? LARGE_BYTES);
  const small = await peakRss(await start(join(folder, 'tus-small')), SMALL_BYTES);
  const large = await peakRss(await start(join(folder, 'tus-large')), largeBytes);
  return {
    id: 't',
    what: `gateway peak RSS, ${String(largeBytes / 1e9)} GB tus upload − 40 MB tus upload`,
    value: (large.rss - small.rss) / 2 ** 20,
    unit: 'MiB',
    limit: { kind: 'at most', value: 64 },
    details: {
      ...{ smallMiB: small.rss / 2 ** 20, largeMiB: large.rss / 2 ** 20 },
      ...{ largeBytes, largeMegabytesPerSecond: largeBytes / 1e6 / large.seconds },
    },
  };
}

type StartGateway = (folder: string) => Promise<GatewayUnderTest>;

async function peakRss(
  { client, gateway, stop }: GatewayUnderTest,
  bytes: number,
): Promise<{ rss: number; seconds: number }> {
  const headers = { authorization: `Bearer ${client.token}`, 'tus-resumable': '1.0.0' };
  const creation = { ...headers, 'upload-length': String(bytes) };
  const created = await client.fetch('/uploads', { method: 'POST', headers: creation });
  const path = created.headers.get('location') ?? '';
  const startedAt = performance.now();
  const patch = request(`${client.url}${path}`, {
    method: 'PATCH',
    headers: {
      ...headers,
      ...{ 'upload-offset': '0', 'content-length': String(bytes) },
      'content-type': 'application/offset+octet-stream',
    },
  });
  // The event has one argument.
  const answered = once(patch, 'response') as Promise<[IncomingMessage]>;
  await pipeline(noise(bytes), patch);
  const [{ headers: answer, statusCode }] = await answered;
  const seconds = (performance.now() - startedAt) / 1000;
  const job = answer['clipscribe-job'];
  if (typeof job !== 'string') throw new Error(`PATCH answered ${String(statusCode)}`);
  const status = await readFile(`/proc/${String(gateway.pid)}/status`, 'utf8');
  await client.fetch(`/jobs/${job}`, { method: 'DELETE' });
  await stop();
  return { rss: Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024, seconds };
}

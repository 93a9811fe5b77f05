import { join } from 'node:path';
import autocannon from 'autocannon';
import { noise } from '../blob.ts';
import { startGateway } from '../gateway-process.ts';
import { startProcess } from '../../e2e/support/service-process.ts';
import { median, type Measure } from './measure.ts';

const JOBS = 20;
const ROUNDS = 7;
const SECONDS = 2;
const CONNECTIONS = 16;

/** (e) Authorised `GET /jobs` of 20 jobs, in requests a second, divided by bare express sending the same page. */
export async function measureListRate(folder: string): Promise<Measure> {
  const { client, stop } = await startGateway(join(folder, 'list'));
  for (let n = 0; n < JOBS; n += 1)
    await client.upload([{ name: `clip-${String(n)}.mp4`, bytes: 1000, content: () => noise(1000) }]);
  const page = await (await client.fetch('/jobs')).text();
  const express = startProcess('bench/bare-express.ts', { PAGE: page });
  const [, bareUrl = ''] = await express.waitFor(/(http:\S+)/);

  const [ours, bare]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(await rate(`${bareUrl}/jobs`, client.token));
    ours.push(await rate(`${client.url}/jobs`, client.token));
  }
  await express.stop();
  await stop();
  return {
    id: 'e',
    what: 'authorised GET /jobs rate ÷ bare express with the same page',
    value: median(ours) / median(bare),
    unit: '×',
    limit: { kind: 'at least', value: 0.5 },
    details: { oursPerSecond: ours, barePerSecond: bare, pageBytes: page.length },
  };
}

async function rate(url: string, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  const result = await autocannon({ url, headers, connections: CONNECTIONS, duration: SECONDS });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${String(result.non2xx)} refused, ${String(result.errors)} errors`);
  return result.requests.average;
}

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';
import type { Client } from '../../e2e/support/client.ts';
import { startGateway } from '../gateway-process.ts';
import { mean, median, secondsOf, type Measure } from './measure.ts';

const REQUESTS = 1000;
const CONNECTIONS = 50;
const QUIET_SECONDS = 5;
/** Between two requests of the other user, ms. */
const PAUSE_MS = 10;

interface Seen {
  jobs: number[];
  validations: number[];
}

/**
 * (m) What another user waits for `GET /jobs`, and for a check of a token by auth itself, while 1,000 logins come from
 * one address, divided by what it is before and after.
 */
export async function measureLoginFlood(folder: string): Promise<Measure[]> {
  const { client, authUrl, stop } = await startGateway(join(folder, 'flood'), { BCRYPT_COST: '12' });
  const quiet: Seen = { jobs: [], validations: [] };
  const { flooded, statuses, seconds } = await watchAround(client, authUrl, quiet).finally(stop);
  const details = { floodSeconds: seconds, ...statuses };
  return [
    ratio("another user's GET /jobs during 1,000 logins ÷ usual", flooded.jobs, quiet.jobs, details),
    ratio('checks of tokens during 1,000 logins ÷ usual', flooded.validations, quiet.validations, details),
  ];
}

/** Before, during and after a flood. */
async function watchAround(client: Client, authUrl: string, quiet: Seen) {
  await watch(client, authUrl, delay(1000)); // warms up
  await watch(client, authUrl, delay(QUIET_SECONDS * 1000), quiet);
  const flooding = flood(client.url);
  const flooded = await watch(client, authUrl, flooding);
  const over = await flooding;
  await watch(client, authUrl, delay(QUIET_SECONDS * 1000), quiet);
  return { flooded, ...over };
}

async function flood(url: string): Promise<{ statuses: Record<string, number>; seconds: number }> {
  const result = await autocannon({
    url: `${url}/login`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'nobody@clipscribe.local', password: 'not the password of anybody' }),
    ...{ amount: REQUESTS, connections: CONNECTIONS, timeout: 60, workers: 1 },
  });
  const statuses = Object.entries(result.statusCodeStats ?? {}).map(
    ([status, { count }]) => [`answers${status}`, Number(count)] as const,
  );
  return { statuses: Object.fromEntries(statuses), seconds: result.duration };
}

/** Sends one request after the other until `until` resolves; gives how long each took, in seconds. */
async function watch(
  client: Client,
  authUrl: string,
  until: Promise<unknown>,
  seen: Seen = { jobs: [], validations: [] },
): Promise<Seen> {
  const headers = { authorization: `Bearer ${client.token}` };
  const over = new AbortController();
  void until.finally(() => {
    over.abort();
  });
  while (!over.signal.aborted) {
    seen.jobs.push(await secondsOf(() => expectOk(client.fetch('/jobs'))));
    seen.validations.push(
      await secondsOf(() => expectOk(fetch(`${authUrl}/validate`, { method: 'POST', headers }))),
    );
    await delay(PAUSE_MS);
  }
  return seen;
}

async function expectOk(answering: Promise<Response>): Promise<void> {
  const answer = await answering;
  await answer.text();
  if (answer.status !== 200) throw new Error(`${answer.url} answered ${String(answer.status)}`);
}

function ratio(
  what: string,
  flooded: readonly number[],
  quiet: readonly number[],
  details: Record<string, number>,
): Measure {
  return {
    id: 'm',
    what,
    value: mean(flooded) / mean(quiet),
    unit: '×',
    limit: { kind: 'at most', value: 2 },
    details: {
      floodedMeanMs: mean(flooded) * 1000,
      quietMeanMs: mean(quiet) * 1000,
      floodedMedianMs: median(flooded) * 1000,
      quietMedianMs: median(quiet) * 1000,
      floodedWorstMs: Math.max(...flooded) * 1000,
      quietWorstMs: Math.max(...quiet) * 1000,
      floodedRequests: flooded.length,
      quietRequests: quiet.length,
      ...details,
    },
  };
}

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { startProcess } from '../../e2e/support/service-process.ts';
import type { Flood, Flooded } from '../flooder.ts';
import { startGateway } from '../gateway-process.ts';
import { newSeen, OtherUser, type Seen } from './other-user.ts';
import { mean, median, type Measure } from './measure.ts';

const REQUESTS = 1000;
const ROUNDS = 8;
const QUIET_MS = 1500;
const FIRST_MS = 1000;
/** A proxy that the gateway believes; all of 127.0.0.0/8 is this machine. */
const PROXY = '127.0.0.3';

interface Shape {
  name: string;
  to: 'gateway' | 'elsewhere';
  rounds: number;
  flood: Pick<Flood, 'connections' | 'localAddress' | 'headers'>;
}

const direct = { localAddress: '127.0.0.2', headers: {} };
const shapes: readonly Shape[] = [
  { name: 'at once', to: 'gateway', rounds: ROUNDS, flood: { connections: REQUESTS, ...direct } },
  {
    name: 'at once by a proxy',
    to: 'gateway',
    rounds: ROUNDS,
    flood: { connections: REQUESTS, localAddress: PROXY, headers: { 'x-forwarded-for': '203.0.113.7' } },
  },
  { name: 'over 50 connections', to: 'gateway', rounds: 1, flood: { connections: 50, ...direct } },
  {
    name: 'at once, elsewhere',
    to: 'elsewhere',
    rounds: ROUNDS,
    flood: { connections: REQUESTS, ...direct },
  },
];

const asked = { jobs: 'GET /jobs', newJobs: 'connect, GET /jobs', validations: 'checks of tokens' };

interface Watched {
  seen: Seen;
  /** Of `seen`, what was sent in the first second of each flood, when most of it arrives. */
  first: Seen;
  floods: Flooded[];
}

/**
 * (m) What another user waits for `GET /jobs`, and for a check of a token by auth itself, while 1,000 logins come from
 * one address, divided by their usual time: that of the pauses between the floods of the same run. A flood that goes to
 * a server that has nothing to do with us shows what the sending alone takes from the machine.
 */
export async function measureLoginFlood(folder: string): Promise<Measure[]> {
  const env = { BCRYPT_COST: '12', TRUST_PROXY: PROXY };
  const { client, authUrl, stop } = await startGateway(join(folder, 'flood'), env);
  const elsewhere = startProcess('bench/bare-refusals.ts', {});
  const [elsewhereUrl] = await elsewhere.waitFor(/http:\S+/);
  const flooder = fork(fileURLToPath(new URL('../flooder.ts', import.meta.url)));
  try {
    const urls = { gateway: client.url, elsewhere: elsewhereUrl };
    const { quiet, watched } = await watchFloods(new OtherUser(client, authUrl), flooder, urls);
    return shapes.flatMap((shape) => figures(shape, watched.get(shape), quiet));
  } finally {
    flooder.kill();
    await elsewhere.stop();
    await stop();
  }
}

/** The shapes in turns, so that what else the machine does meets them all alike. */
async function watchFloods(user: OtherUser, flooder: ChildProcess, urls: Record<Shape['to'], string>) {
  await user.watch(delay(1000)); // warms up
  const quiet = newSeen();
  const watched = new Map<Shape, Watched>(
    shapes.map((shape) => [shape, { seen: newSeen(), first: newSeen(), floods: [] }]),
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [shape, { seen, first, floods }] of watched) {
      if (round >= shape.rounds) continue;
      await user.watch(delay(QUIET_MS), quiet);
      const flooding = send(flooder, { url: urls[shape.to], requests: REQUESTS, ...shape.flood });
      await user.watch(Promise.race([flooding, delay(FIRST_MS)]), seen, first);
      await user.watch(flooding, seen);
      floods.push(await flooding);
    }
  }
  return { quiet, watched };
}

async function send(flooder: ChildProcess, flood: Flood): Promise<Flooded> {
  flooder.send(flood);
  const [flooded] = (await once(flooder, 'message')) as [Flooded]; // what it answers every flood with
  return flooded;
}

function figures({ name, to }: Shape, watched: Watched | undefined, quiet: Seen): Measure[] {
  if (watched === undefined) return [];
  const { floods } = watched;
  const answers: Record<string, number> = {};
  for (const [outcome, count] of floods.flatMap((flood) => Object.entries(flood.answers)))
    answers[outcome] = (answers[outcome] ?? 0) + count;
  const details = { floods: floods.length, floodSeconds: floods.map(({ seconds }) => seconds), ...answers };
  const limit = to === 'gateway' ? { limit: { kind: 'at most', value: 2 } as const } : {};
  return (['jobs', 'newJobs', 'validations'] as const).map((kind) => ({
    id: 'm',
    what: `${asked[kind]} of others, 1,000 logins ${name}`,
    value: mean(watched.seen[kind]) / mean(quiet[kind]),
    unit: '× usual',
    ...limit,
    details: {
      firstSecondRatio: mean(watched.first[kind]) / mean(quiet[kind]),
      medianRatio: median(watched.seen[kind]) / median(quiet[kind]),
      ...times('flooded', watched.seen[kind]),
      ...times('quiet', quiet[kind]),
      ...details,
    },
  }));
}

function times(when: string, seconds: readonly number[]): Record<string, number> {
  return {
    [`${when}MeanMs`]: mean(seconds) * 1000,
    [`${when}MedianMs`]: median(seconds) * 1000,
    [`${when}WorstMs`]: Math.max(...seconds) * 1000,
    [`${when}Requests`]: seconds.length,
  };
}

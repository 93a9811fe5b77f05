import { join } from 'node:path';
import { filePart, type Client, type UploadPart } from '../../e2e/support/client.ts';
import { ffmpeg } from '../../e2e/support/media.ts';
import { memoryOf } from '../node-memory.ts';
import type { Watched } from '../watched-processes.ts';
import { median, type Measure } from './measure.ts';

/** By then code is compiled, and caches are full that are full early. */
const WARM_UP = 2000;
/** Of the jobs, when there are so few that this comes first. */
const WARM_UP_SHARE = 0.4;
const SAMPLE_EVERY = 250;
/** Samples at each end, of which the median counts. */
const SAMPLES = 3;
const JOBS_AT_ONCE = 20;
const LOOPS = 3;
const MIB = 2 ** 20;

/**
 * (i) What many small jobs leave behind in each process: growth from the 2,000th job to the last one. Half of them are
 * deleted again, and lists and downloads are asked for meanwhile.
 */
export async function measureManyJobs(
  folder: string,
  start: (folder: string) => Promise<Watched>,
  jobs: number,
): Promise<Measure[]> {
  const tone = join(folder, 'tone.wav');
  await ffmpeg('-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=8000:duration=0.2', tone);
  const watched = await start(join(folder, 'many-jobs'));
  try {
    const samples = await sampleWhile(watched, await filePart(tone), jobs);
    return Object.entries(samples).flatMap(([name, ofProcess]) => growth(name, ofProcess, jobs));
  } finally {
    await watched.stop();
  }
}

interface Sample {
  jobs: number;
  rss: number;
  alive: number;
}

async function sampleWhile(
  { client, processes }: Watched,
  part: UploadPart,
  jobs: number,
): Promise<Record<string, Sample[]>> {
  const samples: Record<string, Sample[]> = Object.fromEntries(processes.map(({ name }) => [name, []]));
  let begun = 0;
  let done = 0;
  let sampled = 0;
  const sample = async (): Promise<void> => {
    sampled = done;
    for (const watched of processes)
      samples[watched.name]?.push({ jobs: sampled, ...(await memoryOf(watched)) });
    process.stderr.write(`${String(sampled)} jobs ${JSON.stringify(lastOf(samples))}\n`);
  };
  const loop = async (): Promise<void> => {
    while (begun < jobs) {
      begun += JOBS_AT_ONCE;
      await runSome(client, part);
      done += JOBS_AT_ONCE;
      if (done - sampled >= SAMPLE_EVERY) await sample();
    }
  };
  await Promise.all(Array.from({ length: LOOPS }, loop));
  await sample();
  return samples;
}

/** One upload of several files from its first byte to the end of its jobs, and what their owner does with them. */
async function runSome(client: Client, part: UploadPart): Promise<void> {
  const jobs = await client.upload(Array.from({ length: JOBS_AT_ONCE }, () => part));
  for (const [n, { id }] of jobs.entries()) {
    const { state } = await client.ended(id, 600_000);
    if (state !== 'succeeded') throw new Error(`job ${id} ended as ${state}`);
    if (n === 0) await (await client.fetch(`/jobs/${id}/audio`)).arrayBuffer();
    if (n % 2 === 0) await client.fetch(`/jobs/${id}`, { method: 'DELETE' });
  }
  await (await client.fetch('/jobs')).arrayBuffer();
}

function growth(name: string, samples: readonly Sample[], jobs: number): Measure[] {
  const from = Math.min(WARM_UP, jobs * WARM_UP_SHARE);
  const compared = samples.filter((sample) => sample.jobs >= from);
  const count = Math.max(1, Math.min(SAMPLES, Math.floor(compared.length / 2)));
  const [before, after] = [compared.slice(0, count), compared.slice(-count)];
  const grown = (read: (sample: Sample) => number): number =>
    (median(after.map(read)) - median(before.map(read))) / MIB;
  const measure = (what: string, read: (sample: Sample) => number, limitMiB: number): Measure => ({
    id: 'i',
    what: `${name}: ${what} from job ${String(before[0]?.jobs)} to ${String(jobs)}`,
    value: grown(read),
    unit: 'MiB',
    limit: { kind: 'at most', value: limitMiB },
    details: { jobs: samples.map((sample) => sample.jobs), mib: samples.map((sample) => read(sample) / MIB) },
  });
  return [
    measure('growth of RSS', ({ rss }) => rss, 32),
    measure('growth of what is alive', ({ alive }) => alive, 8),
  ];
}

function lastOf(samples: Record<string, Sample[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(samples).map(([name, ofProcess]) => {
      const { rss = 0, alive = 0 } = ofProcess.at(-1) ?? {};
      return [name, `${(rss / MIB).toFixed(1)} / ${(alive / MIB).toFixed(1)} MiB`];
    }),
  );
}

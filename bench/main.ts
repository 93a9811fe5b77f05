import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbedded, startOnServers } from '../e2e/support/running.ts';
import { startGateway } from './gateway-process.ts';
import { measureConversion } from './measures/conversion.ts';
import { measureConverterMemory } from './measures/converter-memory.ts';
import { measureGatewayMemory } from './measures/gateway-memory.ts';
import { measureGridfsSpeed } from './measures/gridfs-speed.ts';
import { measureListRate } from './measures/list-rate.ts';
import { measureLoginFlood } from './measures/login-flood.ts';
import { measureLoginTiming } from './measures/login-timing.ts';
import { measureManyClips } from './measures/many-clips.ts';
import { measureManyJobs } from './measures/many-jobs.ts';
import { measureTusMemory } from './measures/tus-memory.ts';
import { holds, type Measure } from './measures/measure.ts';
import { measureTranscribeWorkers } from './measures/transcribe-workers.ts';
import { measureTurns } from './measures/turns.ts';
import { measureUploadSpeed } from './measures/upload-speed.ts';
import { measureWebPage } from './measures/web-page.ts';
import { startStackGateway } from './stack-gateway.ts';
import { startWatchedStack, startWatchedSuite } from './watched-processes.ts';

type Measures = Readonly<Record<string, (folder: string, jobs: number) => Promise<Measure | Measure[]>>>;

/** For measures that go through many jobs. */
const JOBS = 10_000;

const embedded: Measures = {
  a: (folder) => measureConversion(folder, startEmbedded, 1.15),
  b: measureUploadSpeed,
  c: (folder) => measureGatewayMemory(folder, startGateway),
  d: measureManyClips,
  e: measureListRate,
  h: measureTurns,
  i: (folder, jobs) => measureManyJobs(folder, startWatchedSuite, jobs),
  l: measureLoginTiming,
  m: measureLoginFlood,
  t: (folder) => measureTusMemory(folder, startGateway),
  w: measureWebPage,
};

const onServers: Measures = {
  a: (folder) => measureConversion(folder, startOnServers, 1.3),
  'b+d': measureGridfsSpeed,
  c: (folder) => measureGatewayMemory(folder, startStackGateway),
  f: measureTranscribeWorkers,
  g: measureConverterMemory,
  i: (folder, jobs) => measureManyJobs(folder, startWatchedStack, jobs),
  t: (folder) => measureTusMemory(folder, startStackGateway),
};

const HELP = `npm run bench [-- a b …]           measures all, or the named ones, and compares them with what bare tools do.
npm run bench -- i --jobs 2000     a shorter run of what goes through 10,000 jobs.
npm run bench -- --stack [a b …]   the same on MariaDB, RabbitMQ and MongoDB, as npm run stack starts them.
Prints a table, writes bench/results/latest.json or stack.json, and exits with 1 when a limit does not hold.
`;

async function main(args: string[]): Promise<number> {
  const options = {
    stack: { type: 'boolean', default: false },
    jobs: { type: 'string', default: String(JOBS) },
    help: { type: 'boolean', default: false },
  } as const;
  const { values, positionals: names } = parseArgs({ args, options, allowPositionals: true });
  const measures = values.stack ? onServers : embedded;
  if (values.help || names.some((name) => !(name in measures)) || !(Number(values.jobs) >= 1)) {
    process.stdout.write(HELP);
    return values.help ? 0 : 2;
  }
  const folder = await mkdtemp(join(process.cwd(), 'bench', 'results-'));
  const results: Measure[] = [];
  try {
    for (const [name, measure] of Object.entries(measures)) {
      if (names.length > 0 && !names.includes(name)) continue;
      process.stderr.write(`measuring (${name}) …\n`);
      results.push(...[await measure(folder, Number(values.jobs))].flat());
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  process.stdout.write(table(results));
  await keep(results, values.stack ? 'stack' : 'latest');
  return results.every(holds) ? 0 : 1;
}

async function keep(results: readonly Measure[], name: string): Promise<void> {
  await mkdir('bench/results', { recursive: true });
  const report = {
    at: new Date().toISOString(),
    node: process.version,
    cores: availableParallelism(),
    results,
  };
  await writeFile(`bench/results/${name}.json`, `${JSON.stringify(report, null, 2)}\n`);
}

function table(results: readonly Measure[]): string {
  const rows = results.map((result) => {
    const value = `${result.value.toFixed(2)} ${result.unit}`;
    const measured = `(${result.id})  ${result.what.padEnd(62)} ${value.padStart(10)}`;
    if (result.limit === undefined) return measured;
    const sign = result.limit.kind === 'at most' ? '≤' : '≥';
    const verdict = holds(result) ? 'holds' : 'FAILS';
    return `${measured}   ${sign} ${String(result.limit.value).padEnd(5)} ${verdict}`;
  });
  return `\n${rows.join('\n')}\n`;
}

process.exitCode = await main(process.argv.slice(2));

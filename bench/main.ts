import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { measureConversion } from './measures/conversion.ts';
import { measureGatewayMemory } from './measures/gateway-memory.ts';
import { measureListRate } from './measures/list-rate.ts';
import { measureManyClips } from './measures/many-clips.ts';
import { holds, type Measure } from './measures/measure.ts';
import { measureUploadSpeed } from './measures/upload-speed.ts';

const measures: Readonly<Record<string, (folder: string) => Promise<Measure>>> = {
  a: measureConversion,
  b: measureUploadSpeed,
  c: measureGatewayMemory,
  d: measureManyClips,
  e: measureListRate,
};

const HELP = `npm run bench [-- a b …]   measures all, or the named ones, and compares them with what bare tools do.
Prints a table, writes bench/results/latest.json, and exits with 1 when a limit does not hold.
`;

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !(name in measures));
  if (unknown.length > 0) {
    process.stdout.write(HELP);
    return names.includes('--help') ? 0 : 2;
  }
  const folder = await mkdtemp(join(process.cwd(), 'bench', 'results-'));
  const results: Measure[] = [];
  try {
    for (const [name, measure] of Object.entries(measures)) {
      if (names.length > 0 && !names.includes(name)) continue;
      process.stderr.write(`measuring (${name}) …\n`);
      results.push(await measure(folder));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  process.stdout.write(table(results));
  await mkdir('bench/results', { recursive: true });
  const report = {
    at: new Date().toISOString(),
    node: process.version,
    cores: availableParallelism(),
    results,
  };
  await writeFile('bench/results/latest.json', `${JSON.stringify(report, null, 2)}\n`);
  return results.every(holds) ? 0 : 1;
}

function table(results: readonly Measure[]): string {
  const rows = results.map((result) => {
    const sign = result.limit.kind === 'at most' ? '≤' : '≥';
    const verdict = holds(result) ? 'holds' : 'FAILS';
    const value = `${result.value.toFixed(2)} ${result.unit}`;
    return `(${result.id})  ${result.what.padEnd(62)} ${value.padStart(10)}   ${sign} ${String(result.limit.value).padEnd(5)} ${verdict}`;
  });
  return `\n${rows.join('\n')}\n`;
}

process.exitCode = await main(process.argv.slice(2));

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArgumentError, HELP, readArguments, type ChaosArguments } from './arguments.ts';
import { keepEvidence } from './evidence.ts';
import { planFaults } from './faults/fault-plan.ts';
import { describeFault } from './perform.ts';
import { figures } from './report.ts';
import { LEASE_MS, runChaos, type ChaosResult } from './run-chaos.ts';
import { SeededRandom } from './seeded-random.ts';

const INTERRUPTED = 130;

async function main(args: readonly string[]): Promise<number> {
  const wanted = readArguments(args);
  if (wanted === null) return print(HELP);
  if (wanted.planOnly) return print(planText(wanted));
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      stopping.abort();
    });
  return run(wanted, stopping.signal);
}

async function run(wanted: ChaosArguments, signal: AbortSignal): Promise<number> {
  const begunAt = performance.now();
  const say = (text: string): void => {
    const at = ((performance.now() - begunAt) / 1000).toFixed(1);
    print(`${at.padStart(7)} s  ${text}\n`);
  };
  say(`seed ${wanted.seed}, ${wanted.kills} faults, times ${wanted.times}`);
  const folder = await mkdtemp(join(tmpdir(), 'clipscribe-chaos-'));
  let isKept = true;
  try {
    const result = await runChaos(wanted, folder, { say, signal });
    judgeTemp(result, say);
    const report = figures(result, wanted, performance.now() - begunAt);
    print(`\n${report}`);
    const breaches = result.breaches.all;
    isKept = breaches.length > 0;
    if (isKept) await keepEvidence(folder, breaches, report);
    return isKept ? 1 : 0;
  } catch (error) {
    isKept = !signal.aborted;
    if (signal.aborted) return INTERRUPTED;
    throw error;
  } finally {
    if (isKept) print(`evidence     ${folder}\n`);
    else await rm(folder, { recursive: true, force: true });
  }
}

/** A fault that could not be tried is no success; on a developer's machine it is told, under CI it is a failure. */
function judgeTemp({ hasTemp, breaches }: ChaosResult, say: (text: string) => void): void {
  if (hasTemp) return;
  const what = 'could not be filled: this user may not mount a file system';
  if (process.env['CI'] === 'true') breaches.add('temporary space', what);
  else say(`the temporary space ${what}`);
}

function planText({ seed, kills, times }: ChaosArguments): string {
  const plan = planFaults(new SeededRandom(seed).fork('faults'), kills, LEASE_MS[times]);
  return plan
    .map((fault) => `${(fault.atMs / 1000).toFixed(1).padStart(7)} s  ${describeFault(fault)}\n`)
    .join('');
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ArgumentError)) throw error;
  process.stderr.write(`clipscribe: ${error.message}; see npm run chaos -- --help\n`);
  process.exitCode = 2;
}

import type { ChaosArguments } from './arguments.ts';
import type { ChaosResult } from './run-chaos.ts';

/** Figures of a run, one a line. */
export function figures(result: ChaosResult, { kills, seed, times }: ChaosArguments, tookMs: number): string {
  const { healed, findings, book, answers, unseen, storedFiles } = result;
  const longest = healed.toSorted((one, other) => healing(other) - healing(one))[0];
  const lines: [string, string][] = [
    ['seed', `${seed} (npm run chaos -- --kills ${kills} --seed ${seed} --times ${times})`],
    ['faults', `${healed.length} of ${kills}: ${counted(healed.map(({ kind }) => kind))}`],
    ['on', counted(healed.map(({ victim }) => victim))],
    ['actions', `${result.actions}, answered ${listed(answers)}`],
    ['uploads', `${book.uploads.length}, of ${counted(book.uploads.map(({ medium }) => medium.name))}`],
    ['jobs', `${book.jobs.size} accepted, ${unseen} of them with a 202 that nobody saw`],
    [
      'ended',
      counted([...book.jobs.values()].map(({ gone, seen }) => (gone === 'yes' ? 'deleted' : seen.state))),
    ],
    ['runs', `${[...book.jobs.values()].reduce((sum, { seen }) => sum + seen.run, 0)}`],
    ['mails', `${findings.mails}, of them second copies ${findings.secondCopies}`],
    ['dead letters', `${findings.deadLetters}`],
    ['stored files', `${storedFiles}`],
    [
      'healing',
      `longest ${longest === undefined ? 'none' : `${seconds(healing(longest))} (#${longest.number} ${longest.victim})`}`,
    ],
    [
      'after all',
      `ready after ${seconds(result.readyMs)}, everything ended after ${seconds(result.endedMs)}`,
    ],
    ['took', seconds(tookMs)],
    ['breaches', `${result.breaches.all.length}`],
  ];
  return lines.map(([name, text]) => `${name.padEnd(13)}${text}\n`).join('');
}

/** From the beginning of its healing. */
function healing({ healedMs, forMs }: ChaosResult['healed'][number]): number {
  return Math.max(0, healedMs - forMs);
}

function counted(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return listed(counts);
}

/** The most frequent first. */
function listed(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort(([, one], [, other]) => other - one);
  return sorted.map(([name, count]) => `${name} ${count}`).join(', ');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Breach } from '../e2e/support/promises/ledger.ts';

/** What takes the most room and tells the least. */
const HEAVY = ['mariadb/data', 'mongodb', 'rabbitmq/data', 'work'] as const;

/** Leaves of a run's folder what explains its breaches: logs, mails, and the documents that were written down. */
export async function keepEvidence(
  folder: string,
  breaches: readonly Breach[],
  report: string,
): Promise<void> {
  const lines = breaches.map(({ subject, what }) => `${subject}: ${what}\n`);
  await writeFile(join(folder, 'breaches.txt'), lines.join(''));
  await writeFile(join(folder, 'report.txt'), report);
  for (const name of HEAVY) await rm(join(folder, 'stack', name), { recursive: true, force: true });
}

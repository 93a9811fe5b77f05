import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job } from '@clipscribe/contracts';
import PostalMime from 'postal-mime';
import { breach, type Breach, type Ledger } from './ledger.ts';

/** A mail may be sent a second time, when a crash fell between the server's answer and our record of it. */
const MOST_COPIES = 2;

/** Message-IDs of the mails that came, those that came twice twice. */
export async function mailsIn(outbox: string): Promise<string[]> {
  const names = (await readdir(outbox).catch(() => [])).filter((name) => name.endsWith('.eml'));
  const ids: string[] = [];
  for (const name of names)
    ids.push((await PostalMime.parse(await readFile(join(outbox, name)))).messageId ?? '');
  return ids;
}

/** One mail for each run that ended, under one Message-ID; a few second copies where a crash allows them. */
export function checkMails(
  sent: readonly string[],
  jobs: readonly Job[],
  ledger: Ledger,
  maxSecondCopies: number,
): { breaches: Breach[]; secondCopies: number } {
  const copies = new Map<string, number>();
  for (const id of sent) copies.set(id, (copies.get(id) ?? 0) + 1);
  const secondCopies = sent.length - copies.size;
  const known = new Set([...jobs.map(({ id }) => id), ...ledger.keys()]);
  const breaches = [...copies].flatMap(([id, count]) => checkMail(id, count, known));
  for (const job of jobs) breaches.push(...checkNotice(job, copies, ledger));
  if (secondCopies > maxSecondCopies)
    breaches.push(breach('mails', `${secondCopies} came twice, where ${maxSecondCopies} may`));
  return { breaches, secondCopies };
}

function checkMail(messageId: string, count: number, known: ReadonlySet<string>): Breach[] {
  const job = /^<[a-z-]+\.([0-9a-f-]{36})\./.exec(messageId)?.[1];
  return [
    ...(count > MOST_COPIES ? [breach(messageId, `the mail came ${count} times`)] : []),
    ...(job === undefined || !known.has(job)
      ? [breach(messageId, 'a mail about a job that is not there')]
      : []),
  ];
}

function checkNotice(job: Job, copies: ReadonlyMap<string, number>, ledger: Ledger): Breach[] {
  const { notice } = job;
  if (notice === undefined) return [];
  const isRefused = ledger.get(job.id)?.isMailRefused === true;
  if (notice.state === 'failed' && !isRefused) return [breach(job.id, 'its mail was given up')];
  if (notice.state === 'sent' && isRefused) return [breach(job.id, 'a mail that was refused counts as sent')];
  if (notice.state === 'sent' && !copies.has(notice.messageId))
    return [breach(job.id, `its mail ${notice.messageId} counts as sent, and did not come`)];
  const kinds: Partial<Record<Job['state'], string>> = {
    succeeded: 'ready',
    partial: 'ready',
    failed: 'failed',
  };
  const kind = kinds[job.state];
  return kind === undefined || notice.kind === kind
    ? []
    : [breach(job.id, `is ${job.state}, and its mail says ${notice.kind}`)];
}

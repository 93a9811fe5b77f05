import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import PostalMime from 'postal-mime';
import type { JobView } from '@clipscribe/contracts';
import type { Client } from './client.ts';
import { soon } from './soon.ts';

/** Longer than a lease of a killed worker and the sweep after it. */
const HEAL_MS = 150_000;

/** What an accepted upload must give. */
export interface Promised {
  /** Length of its MP3. */
  seconds: number;
  /** A part of its transcript; empty when there is none. */
  words: string;
}

/** Message-IDs of the mails that came, those that came twice twice. */
export async function mailsIn(outbox: string): Promise<string[]> {
  const names = (await readdir(outbox)).filter((name) => name.endsWith('.eml'));
  const mails = names.map(
    async (name) => (await PostalMime.parse(await readFile(join(outbox, name)))).messageId,
  );
  return (await Promise.all(mails)).map((id) => id ?? '');
}

/**
 * What was promised for each accepted upload, seen from outside: it has succeeded, there is one MP3 of the right
 * length and one transcript, and one mail.
 * @param maySendAgain kills that may have come between a mail server's answer and our record of it
 * @returns the jobs as they ended
 */
export async function expectKept(
  client: Client,
  outbox: string,
  accepted: ReadonlyMap<string, Promised>,
  maySendAgain = 0,
): Promise<JobView[]> {
  const jobs = await Promise.all([...accepted.keys()].map((id) => client.ended(id, HEAL_MS)));
  for (const job of jobs) {
    const { seconds, words } = accepted.get(job.id) ?? { seconds: 0, words: '' };
    expect(job).toMatchObject({ state: 'succeeded', audio: { state: 'done' }, run: 1 });
    expect(job.audio.durationSeconds).toBeCloseTo(seconds, -1);
    if (words !== '')
      expect(await (await client.fetch(`/jobs/${job.id}/transcript`)).text()).toContain(words);
  }
  const wanted = jobs.map(({ id }) => `<ready.${id}.1@clipscribe>`).sort();
  const mine = async (): Promise<string[]> => (await mailsIn(outbox)).filter((id) => wanted.includes(id));
  await soon(async () => new Set(await mine()).size >= wanted.length, HEAL_MS);
  const sent = await mine();
  expect([...new Set(sent)].sort()).toEqual(wanted);
  expect(sent.length - wanted.length).toBeLessThanOrEqual(maySendAgain);
  return jobs;
}

import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { queueNames } from '@clipscribe/contracts';
import type { FileStore, StoredFile } from '@clipscribe/file-store';
import type { JobQueue } from '@clipscribe/job-queue';
import { mailsIn } from '../../e2e/support/promises/check-mails.ts';

type OnBreach = (subject: string, what: string) => void;

const POLL_MS = 500;
const BATCH = 100;

/** Hints may be left when all work is done, delayed ones too; they all have to come and find nothing to do. */
export async function checkQueues(queue: JobQueue, limitMs: number, onBreach: OnBreach): Promise<void> {
  const deadline = performance.now() + limitMs;
  for (const name of queueNames) {
    let depth = await queue.depth(name);
    while (depth > 0 && performance.now() < deadline) {
      await delay(POLL_MS);
      depth = await queue.depth(name);
    }
    if (depth > 0) onBreach(`queue ${name}`, `holds ${depth} messages, and all work is done`);
  }
}

/** Every stored file has the length and the hash that its record says. */
export async function checkContents(files: FileStore, onBreach: OnBreach): Promise<number> {
  let after: string | undefined;
  let count = 0;
  for (;;) {
    const page = await files.listOlderThan(0, { limit: BATCH, ...(after === undefined ? {} : { after }) });
    for (const file of page) await checkContent(files, file, onBreach);
    count += page.length;
    after = page.at(-1)?.id;
    if (page.length < BATCH) return count;
  }
}

async function checkContent(files: FileStore, file: StoredFile, onBreach: OnBreach): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const piece of (await files.read(file.id)) as AsyncIterable<Buffer>) {
      hash.update(piece);
      bytes += piece.length;
    }
  } catch (error) {
    onBreach(file.id, `this ${file.kind} of job ${file.jobId} cannot be read: ${String(error)}`);
    return;
  }
  if (bytes !== file.bytes || hash.digest('hex') !== file.sha256)
    onBreach(file.id, `this ${file.kind} of job ${file.jobId} is not what was written (${bytes} bytes)`);
}

/** A run ends once: it has a mail of one kind. */
export async function checkMailKinds(outbox: string, onBreach: OnBreach): Promise<void> {
  const kinds = new Map<string, Set<string>>();
  for (const id of await mailsIn(outbox)) {
    const [, kind = '', run = ''] = /^<([a-z-]+)\.(.*)@clipscribe>$/.exec(id) ?? [];
    kinds.set(run, (kinds.get(run) ?? new Set()).add(kind));
  }
  for (const [run, found] of kinds)
    if (found.size > 1) onBreach(run, `was told of in mails of several kinds: ${[...found].join(', ')}`);
}

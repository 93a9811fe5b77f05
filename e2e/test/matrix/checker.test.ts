import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, it } from '@jest/globals';
import { newId, type Job, type JobView } from '@clipscribe/contracts';
import { describeWorldEmbedded } from '../../support/matrix/describe-worlds.ts';
import { checkPromises, describeBreaches, type CheckOptions } from '../../support/promises/check-promises.ts';
import type { Promised } from '../../support/promises/ledger.ts';
import { soon } from '../../support/soon.ts';

/** Nothing is healing: what is wrong stays wrong. */
const AT_ONCE = { healMs: 0 };

describeWorldEmbedded('the checker of promises', (world) => {
  let job: JobView | undefined;

  /** A job that has kept every promise, made by the first who asks. */
  async function keptJob(): Promise<JobView> {
    if (job === undefined) {
      const { id } = await world().upload();
      await world().kept();
      job = await world().client.job(id);
    }
    return job;
  }

  /** What is found when something else had been promised for the job. */
  async function foundWith(promised: Partial<Promised> = {}, options: CheckOptions = {}): Promise<string> {
    const { id } = await keptJob();
    const ledger = new Map(world().ledger);
    ledger.set(id, { client: world().client, ends: ['succeeded'], ...promised });
    const { surroundings } = world().processes;
    return describeBreaches(await checkPromises(surroundings, ledger, { ...AT_ONCE, ...options }));
  }

  /** What is found after a change of the job's document, which is taken back. */
  async function foundAfter(change: (job: Job) => Job): Promise<string> {
    const { id } = await keptJob();
    const before = await world().stored(id);
    expect(await world().stores.jobs.replace(change(before), before.version)).toBe(true);
    const found = await foundWith();
    const { version } = await world().stored(id);
    expect(await world().stores.jobs.replace(before, version)).toBe(true);
    return found;
  }

  const mails = async (): Promise<string[]> => readdir(world().processes.surroundings.outbox);

  it('finds nothing when all is well', async () => {
    expect(await foundWith({ seconds: 4, words: ['EXACTLY once'] })).toBe('');
  });

  it('finds an end, a length and words that are not those promised', async () => {
    expect(await foundWith({ ends: ['failed'] })).toMatch(/ended as succeeded \(no error\), not failed$/);
    expect(await foundWith({ seconds: 6 })).toMatch(/its MP3 has 4\S* seconds, not 6$/);
    expect(await foundWith({ words: ['once', 'twice'] })).toMatch(/its transcript says nothing of "twice"$/);
    expect(await foundWith({ longestPause: 1 })).toMatch(/its transcript has a hole from 2 to 4/);
  });

  it('finds a job that is not there, and one that is not over', async () => {
    const id = newId();
    world().ledger.set(id, { client: world().client, ends: ['succeeded'] });
    expect(await foundWith()).toBe(`${id}: was accepted, and is not there`);
    world().ledger.set(id, { client: world().client, ends: ['succeeded', 'deleted'] });
    expect(await foundWith()).toBe('');
    world().ledger.delete(id);
    expect(await foundAfter((before) => ({ ...before, state: 'transcribing', dueAt: null }))).toMatch(
      /is not over, but transcribing/,
    );
  });

  it('finds a lease, and work that is left', async () => {
    const later = Date.now() + 3_600_000;
    const lease = { token: newId(), expiresAt: later };
    expect(await foundAfter((before) => ({ ...before, lease, dueAt: later }))).toMatch(
      /something is left to do for it .*\n.* has a lease$/,
    );
  });

  it('finds that a file is missing', async () => {
    const missing = newId();
    const found = await foundAfter((before) => ({
      ...before,
      earlierTranscripts: [{ state: 'done', progress: 1, options: {}, askedAt: 0, fileId: missing }],
    }));
    expect(found).toBe(`${missing}: a job refers to this file, which is not stored`);
  });

  it('finds a mail that came too often, one about nothing, and one that did not come', async () => {
    const { outbox } = world().processes.surroundings;
    const [name = ''] = (await mails()).filter((one) => one.endsWith('.eml'));
    await copyFile(join(outbox, name), join(outbox, 'second.eml'));
    expect(await foundWith()).toBe('mails: 1 came twice, where 0 may');
    expect(await foundWith({}, { maxSecondCopies: 1 })).toBe('');
    await copyFile(join(outbox, name), join(outbox, 'third.eml'));
    expect(await foundWith({}, { maxSecondCopies: 9 })).toMatch(/the mail came 3 times$/);
    for (const copy of ['second.eml', 'third.eml']) await rm(join(outbox, copy));
    await writeFile(join(outbox, 'odd.eml'), `Message-ID: <ready.${newId()}.1@clipscribe>\r\n\r\nHello`);
    expect(await foundWith()).toMatch(/a mail about a job that is not there$/);
    await rm(join(outbox, 'odd.eml'));
    await copyFile(join(outbox, name), join(outbox, 'kept'));
    await rm(join(outbox, name));
    expect(await foundWith()).toMatch(/counts as sent, and did not come$/);
    await copyFile(join(outbox, 'kept'), join(outbox, name));
    expect(await foundWith({ isMailRefused: true })).toMatch(/a mail that was refused counts as sent$/);
  });

  it('finds a dead letter that nobody explains', async () => {
    const { queue } = world().stores;
    await queue.publish('video', 'poison');
    await soon(async () => (await queue.deadLetters('video', 10)).length === 1);
    expect(await foundWith()).toMatch(/a dead letter of video that nobody explains: .*: poison$/);
    expect(await foundWith({}, { isExplained: ({ body }) => body === 'poison' })).toBe('');
    const [letter] = await queue.deadLetters('video', 10);
    await queue.discardDeadLetter(letter?.id ?? '');
  });

  it('finds temporary folders and processes that were left behind', async () => {
    const [folder = ''] = world().processes.surroundings.workFolders;
    const dead = join(folder, 'process-999999999-1');
    const piece = join(folder, `process-${String(process.pid)}-1`, 'job-abc');
    for (const made of [dead, piece]) await mkdir(made, { recursive: true });
    const ffmpeg = await startFfmpeg(join(folder, 'out.wav'));
    const found = await foundWith();
    ffmpeg.kill('SIGKILL');
    await once(ffmpeg, 'exit');
    for (const made of [dead, join(piece, '..'), join(folder, 'out.wav')])
      await rm(made, { recursive: true, force: true });
    expect(found).toContain(`${dead}: a temporary folder was left behind`);
    expect(found).toContain(`${piece}: a temporary folder was left behind`);
    expect(found).toContain('a process was left behind: ffmpeg');
  });

  it('finds that somebody else sees a job', async () => {
    // Not a stranger at all.
    expect(await foundWith({}, { stranger: world().client })).toMatch(/by somebody else answered 200/);
  });

  it('sweeps away what is left of an upload', async () => {
    const { jobs, files } = world().stores;
    const [id, jobId, ownerId] = [newId(), newId(), newId()];
    await jobs.openIntent({ id: newId(), ownerId, fileIds: [id] });
    const meta = { id, jobId, ownerId, kind: 'source', name: 'a.mp4', contentType: 'video/mp4' } as const;
    await files.write(meta, Readable.from([Buffer.from('left')]));
    expect(await foundWith()).toBe('');
    expect(await files.stat(id)).toBeNull();
    expect(await jobs.staleIntents(0, 10)).toEqual([]);
  });
});

/** A media tool that is at work until it is killed. */
async function startFfmpeg(output: string): Promise<ChildProcess> {
  const args = ['-nostdin', '-v', 'error', '-re', '-f', 'lavfi', '-i', 'anullsrc', '-y', output];
  const ffmpeg = spawn('ffmpeg', args, { stdio: 'ignore' });
  await once(ffmpeg, 'spawn');
  return ffmpeg;
}

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId, type Failure, type Job } from '@clipscribe/contracts';
import { listJobs } from '../src/commands/jobs/list.ts';
import { retryJobs } from '../src/commands/jobs/retry.ts';
import { openAdmin, portsOf, textOutput, type AdminUnderTest } from './harness.ts';

const error: Failure = { code: 'NO_AUDIO_TRACK', reason: 'The video has no sound.' };
const failed: Partial<Job> = {
  state: 'failed',
  error,
  finishedAt: 1_800_000_000_000,
  audio: { state: 'failed', progress: 0.2, error },
  transcript: { state: 'skipped', progress: 0 },
};

describe('jobs', () => {
  let admin: AdminUnderTest;
  beforeEach(async () => {
    admin = await openAdmin();
  });
  afterEach(() => admin.dispose());

  describe('list', () => {
    it('says that there are none', async () => {
      expect(await admin.run(['jobs', 'list'])).toEqual({ code: 0, stdout: 'no jobs\n', stderr: '' });
    });

    it('shows those of all users, the newest first, with the addresses of their owners', async () => {
      const ada = await admin.addUser('ada@example.org');
      const first = await admin.addJob({ ownerId: ada.id, ownerEmail: 'before@example.org' });
      const second = await admin.addJob({ ...failed, ownerEmail: 'gone@example.org' });
      const { stdout } = await admin.run(['jobs', 'list']);
      const rows = stdout.trimEnd().split('\n');
      expect(rows.map((row) => row.split(/ {2,}/))).toEqual([
        ['ID', 'STATE', 'CREATED', 'OWNER', 'ERROR', 'FILE'],
        [
          second.id,
          'failed',
          new Date(second.createdAt).toISOString(),
          'gone@example.org',
          'NO_AUDIO_TRACK',
          'talk.mp4',
        ],
        [first.id, 'queued', new Date(first.createdAt).toISOString(), 'ada@example.org', '-', 'talk.mp4'],
      ]);
    });

    it('keeps to a state, an owner and a number of rows, and goes on where it ended', async () => {
      const ada = await admin.addUser('ada@example.org');
      const first = await admin.addJob({ ...failed, ownerId: ada.id });
      const second = await admin.addJob({ ...failed, ownerId: ada.id });
      await admin.addJob({ ownerId: ada.id });
      await admin.addJob(failed);
      const list = ['jobs', 'list', '--state', 'failed', '--owner', 'Ada@example.org', '--limit', '1'];
      expect(await admin.json(list)).toMatchObject({
        jobs: [{ id: second.id, state: 'failed', owner: { id: ada.id, email: 'ada@example.org' }, error }],
        nextCursor: second.id,
      });
      expect(await admin.json([...list, '--cursor', second.id])).toMatchObject({
        jobs: [{ id: first.id }],
        nextCursor: null,
      });
      expect((await admin.run(list)).stderr).toBe(
        `clipscribe: there are more; go on with --cursor ${second.id}\n`,
      );
    });

    it('fails for an owner who is not there', async () => {
      const { code, stderr } = await admin.run(['jobs', 'list', '--owner', 'eve@example.org']);
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: 'clipscribe: eve@example.org: there is no such user\n',
      });
    });

    it('needs no queue', async () => {
      const { printed, out } = textOutput();
      const queue = () => Promise.reject(new Error('the queue was asked for'));
      await listJobs.bind({})({ ...portsOf(admin), queue }, out);
      expect(printed.stdout).toBe('no jobs\n');
    });
  });

  describe('show', () => {
    it('shows why a job failed', async () => {
      const { id, source } = await admin.addJob({ ...failed, run: 2 });
      const { code, stdout } = await admin.run(['jobs', 'show', id]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^state +failed \(run 2\)$/m);
      expect(stdout).toMatch(/^error +NO_AUDIO_TRACK: The video has no sound.$/m);
      expect(stdout).toMatch(
        new RegExp(`^file +talk.mp4 \\(1000 bytes, stored as ${source.fileId}\\)$`, 'm'),
      );
      expect(stdout).toMatch(/^finished +2027-01-15T08:00:00.000Z$/m);
      expect(stdout).toMatch(/^audio +failed, NO_AUDIO_TRACK$/m);
    });

    it('shows what a job waits for, and no lease token', async () => {
      const lease = { token: 'the-lease-token', expiresAt: 1_800_000_000_000 };
      const chunk = { startSeconds: 0, endSeconds: 1, fileId: newId(), attempts: 0 };
      const { id } = await admin.addJob({
        state: 'transcribing',
        attempts: 1,
        retryAt: 1_800_000_000_000,
        lease,
        transcript: { state: 'running', progress: 0.5 },
        chunks: [
          { ...chunk, index: 0, state: 'done' },
          { ...chunk, index: 1, state: 'pending', lease },
        ],
        outbox: [{ id: newId(), queue: 'transcribe', body: '{}', delayMs: 0 }],
      });
      const { stdout } = await admin.run(['jobs', 'show', id]);
      expect(stdout).toMatch(/^transcript +running, 50 %$/m);
      expect(stdout).toMatch(/^chunks +1 of 2 done$/m);
      expect(stdout).toMatch(/^unpublished messages +1$/m);
      expect(stdout).toMatch(/^retry at +2027-01-15T08:00:00.000Z$/m);
      const shown = await admin.json(['jobs', 'show', id]);
      expect(shown).toMatchObject({
        chunks: { total: 2, done: 1, failed: 0 },
        waitingMessages: ['transcribe'],
        leaseUntil: '2027-01-15T08:00:00.000Z',
      });
      expect(stdout + JSON.stringify(shown)).not.toContain('the-lease-token');
    });

    it.each(['nonsense', newId()])('fails for %s, which is no job', async (id) => {
      expect(await admin.run(['jobs', 'show', id])).toEqual({
        code: 1,
        stdout: '',
        stderr: `clipscribe: ${id}: there is no such job\n`,
      });
    });

    it('has no deleted job', async () => {
      const { id } = await admin.addJob({ state: 'deleted' });
      expect((await admin.run(['jobs', 'show', id])).code).toBe(1);
    });
  });

  describe('retry', () => {
    it('runs a failed job once more, and publishes its message', async () => {
      const { id } = await admin.addJob(failed);
      expect(await admin.run(['jobs', 'retry', id])).toEqual({
        code: 0,
        stdout: `retried ${id} (run 2)\n`,
        stderr: '',
      });
      const job = (await admin.jobs.get(id))?.job;
      expect(job).toMatchObject({ state: 'queued', run: 2, outbox: [], audio: { state: 'pending' } });
      expect(job).not.toHaveProperty('error');
      expect(await admin.queue.depth('video')).toBe(1);
    });

    it('goes on after those that cannot be retried, and says why', async () => {
      const { id } = await admin.addJob(failed);
      const { id: done } = await admin.addJob({ state: 'succeeded' });
      const ended = await admin.run(['jobs', 'retry', done, 'nonsense', id, '--json']);
      const reason = 'it is succeeded; only failed, partial or cancelled jobs can be retried';
      expect(JSON.parse(ended.stdout)).toEqual({
        retried: [id],
        refused: [
          { id: done, reason },
          { id: 'nonsense', reason: 'there is no such job' },
        ],
      });
      expect(ended).toMatchObject({
        code: 1,
        stderr: `clipscribe: ${done}: ${reason}\nclipscribe: nonsense: there is no such job\n`,
      });
    });

    it('says when the run has to wait for the queue', async () => {
      const { id } = await admin.addJob(failed);
      await admin.queue.close();
      const { printed, out } = textOutput();
      await retryJobs.bind({ ids: [id] })(portsOf(admin), out);
      expect(printed.stdout).toBe(`retried ${id} (run 2), to begin when the queue can be reached again\n`);
      expect((await admin.jobs.get(id))?.job).toMatchObject({
        state: 'queued',
        outbox: [{ queue: 'video' }],
      });
    });
  });
});

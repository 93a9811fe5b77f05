import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { openAdmin, type AdminUnderTest } from './harness.ts';

describe('dead-letters', () => {
  let admin: AdminUnderTest;
  beforeEach(async () => {
    admin = await openAdmin();
  });
  afterEach(() => admin.dispose());

  const idsLeft = async (): Promise<string[]> => {
    const { deadLetters } = (await admin.json(['dead-letters', 'list'])) as { deadLetters: { id: string }[] };
    return deadLetters.map(({ id }) => id);
  };

  describe('list', () => {
    it('says that there are none', async () => {
      expect(await admin.run(['dead-letters', 'list'])).toEqual({
        code: 0,
        stdout: 'no dead letters\n',
        stderr: '',
      });
    });

    it('shows those of all queues, the oldest first, with the job where one can be read', async () => {
      const jobId = newId();
      const first = await admin.bury('video', JSON.stringify({ v: 1, jobId }), 'there is no such job');
      const second = await admin.bury('mp3', 'not json', 'the message cannot be read');
      const { code, stdout } = await admin.run(['dead-letters', 'list']);
      expect(code).toBe(0);
      const [head, ...rows] = stdout.trimEnd().split('\n');
      expect(head?.split(/ {2,}/)).toEqual(['ID', 'QUEUE', 'DEAD SINCE', 'JOB', 'REASON']);
      const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      expect(rows.map((row) => row.split(/ {2,}/))).toEqual([
        [first, 'video', time, jobId, 'there is no such job'],
        [second, 'mp3', time, '-', 'the message cannot be read'],
      ]);
    });

    it('gives scripts the message too', async () => {
      const body = JSON.stringify({ v: 1, jobId: newId(), chunk: 3 });
      const id = await admin.bury('transcribe', body);
      expect(await admin.json(['dead-letters', 'list'])).toEqual({
        more: false,
        deadLetters: [
          {
            ...{ id, queue: 'transcribe', body, reason: 'no good' },
            jobId: (JSON.parse(body) as { jobId: string }).jobId,
            deadAt: expect.any(String),
          },
        ],
      });
    });

    it('keeps to one queue and to a number of rows, and says that there are more', async () => {
      await admin.bury('video', 'one');
      const second = await admin.bury('mp3', 'two');
      await admin.bury('mp3', 'three');
      const { stdout, stderr } = await admin.run([
        'dead-letters',
        'list',
        '--queue',
        'mp3',
        '--limit',
        '1',
        '--json',
      ]);
      expect(JSON.parse(stdout)).toMatchObject({ deadLetters: [{ id: second }], more: true });
      expect(stderr).toBe('clipscribe: there are more; see --limit\n');
    });
  });

  describe('show', () => {
    it('shows the message, with JSON in lines', async () => {
      const jobId = newId();
      const id = await admin.bury('video', JSON.stringify({ v: 1, jobId }));
      const { code, stdout } = await admin.run(['dead-letters', 'show', id]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^id {10}[0-9a-f-]{36}\nqueue {7}video\n/);
      expect(stdout).toContain(`"jobId": "${jobId}"`);
    });

    it('writes out what could steer the terminal', async () => {
      const id = await admin.bury('video', '\u001b[2J\u009b31m\u202eevil\r\n', 'bad \u0007bell');
      const { stdout } = await admin.run(['dead-letters', 'show', id]);
      expect(stdout).toContain('\\u{1b}[2J\\u{9b}31m\\u{202e}evil\\u{d}\\u{a}\n');
      expect(stdout).toContain('bad \\u{7}bell');
    });

    it('fails for one that is not there', async () => {
      expect(await admin.run(['dead-letters', 'show', 'nope'])).toEqual({
        code: 1,
        stdout: '',
        stderr: 'clipscribe: nope: there is no such dead letter\n',
      });
    });
  });

  describe('replay', () => {
    it('puts the named ones back into their queues, and says which are not there', async () => {
      const first = await admin.bury('video', 'one');
      const second = await admin.bury('mp3', 'two');
      const kept = await admin.bury('mp3', 'three');
      const ended = await admin.run(['dead-letters', 'replay', first, 'nope', second, first]);
      expect(ended).toEqual({
        code: 1,
        stdout: `replayed ${first}\nreplayed ${second}\n`,
        stderr: 'clipscribe: nope: there is no such dead letter\n',
      });
      expect(await admin.queue.depth('video')).toBe(1);
      expect(await admin.queue.depth('mp3')).toBe(1);
      expect(await idsLeft()).toEqual([kept]);
    });

    it('tells scripts what was done and what was not', async () => {
      const id = await admin.bury('video', 'one');
      const { code, stdout } = await admin.run(['dead-letters', 'replay', id, 'nope', '--json']);
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toEqual({
        replayed: [id],
        refused: [{ id: 'nope', reason: 'there is no such dead letter' }],
      });
    });

    it('replays all, or all of a queue', async () => {
      const video = await admin.bury('video', 'one');
      const mp3 = await admin.bury('mp3', 'two');
      const transcribe = await admin.bury('transcribe', 'three');
      expect((await admin.run(['dead-letters', 'replay', '--all', '--queue', 'mp3'])).stdout).toBe(
        `replayed ${mp3}\n`,
      );
      expect(await admin.json(['dead-letters', 'replay', '--all'])).toEqual({
        replayed: [video, transcribe],
        refused: [],
      });
      expect(await idsLeft()).toEqual([]);
      expect(await admin.run(['dead-letters', 'replay', '--all'])).toEqual({
        code: 0,
        stdout: 'nothing replayed\n',
        stderr: '',
      });
    });
  });

  describe('discard', () => {
    it('removes the named ones for good', async () => {
      const first = await admin.bury('video', 'one');
      const kept = await admin.bury('mp3', 'two');
      expect(await admin.run(['dead-letters', 'discard', first, 'nope'])).toEqual({
        code: 1,
        stdout: `discarded ${first}\n`,
        stderr: 'clipscribe: nope: there is no such dead letter\n',
      });
      expect(await idsLeft()).toEqual([kept]);
      expect(await admin.queue.depth('video')).toBe(0);
    });
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseStages, StageError } from '../../support/failpoints/stages.ts';

const preload = fileURLToPath(new URL('../../support/failpoints/preload.ts', import.meta.url));

/** Publishes to two queues of a database file, and says so after each. */
const program = `
  const { openJobQueue } = await import('@clipscribe/job-queue');
  const queue = await openJobQueue(process.env.QUEUE_URL, {});
  for (const name of ['video', 'mp3', 'mp3']) {
    await queue.publish(name, '{}');
    process.stdout.write(name + ' ');
  }
  await queue.close();
`;

describe('the name of a stage', () => {
  it('has a port, a method, a moment, and may have a kind and a count', () => {
    expect(parseStages('files.write:during@audio#3+http.answer:before@202')).toMatchObject([
      { port: 'files', method: 'write', moment: 'during', kind: 'audio', nth: 3 },
      { port: 'http', method: 'answer', moment: 'before', kind: '202', nth: 1 },
    ]);
  });

  it.each([
    '',
    'files',
    'files.write',
    'files.wirte:before',
    'flies.write:before',
    'files.write:befor',
    'files.write:during@adio',
    'files.delete:during',
    'files.write:before#0',
    'mail.send:before@ready',
    'http.answer:before@999',
    'toString.call:before',
    'files.write:before+',
  ])('is refused when it could never be reached: "%s"', (stage) => {
    expect(() => parseStages(stage)).toThrow(StageError);
  });
});

describe('a process with a failpoint', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-failpoints-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function run(
    failAt: string,
  ): Promise<{ code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }> {
    const args = [
      '--disable-warning=ExperimentalWarning',
      '--import',
      preload,
      '--input-type=module',
      '--eval',
    ];
    const env = {
      ...{ PATH: process.env['PATH'], FAIL_AT: failAt, FAIL_MARK: join(folder, 'mark') },
      QUEUE_URL: `sqlite:${join(folder, 'queue.db')}`,
    };
    const child = spawn(process.execPath, [...args, program], { env });
    const [stdout, stderr, ended] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>, // its documented arguments
    ]);
    return { code: ended[0], signal: ended[1], stdout, stderr };
  }

  const mark = (): Promise<string> => readFile(join(folder, 'mark'), 'utf8');

  it.each([
    { stage: 'queue.publish:before', printed: '' },
    { stage: 'queue.publish:after@mp3', printed: 'video ' },
    { stage: 'queue.publish:before@mp3#2', printed: 'video mp3 ' },
  ])('kills itself at $stage, and leaves a mark', async ({ stage, printed }) => {
    expect(await run(stage)).toMatchObject({ code: null, signal: 'SIGKILL', stdout: printed });
    expect(await mark()).toBe(`${stage}\n`);
  });

  it('holds who comes first to one of two stages', async () => {
    const stages = 'queue.publish:after@video+files.delete:before';
    // Nothing else keeps it alive, so that it ends where it is held.
    expect(await run(stages)).toMatchObject({ code: 13, stdout: '' });
    await expect(mark()).rejects.toThrow(/ENOENT/);
  });

  it('does not start when the stage is misspelt', async () => {
    const { code, stdout, stderr } = await run('queue.pubish:before');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/StageError: "queue.pubish:before": "pubish" is none of publish, handle/);
  });

  it('lives and leaves no mark when the stage is not reached', async () => {
    expect(await run('queue.publish:before@mp3#3')).toMatchObject({ code: 0, stdout: 'video mp3 mp3 ' });
    await expect(mark()).rejects.toThrow(/ENOENT/);
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StartError } from '@clipscribe/runtime';
import { LocalWorkspace } from '../src/adapters/workspace.ts';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'clipscribe-workspace-'));
});
afterEach(async () => {
  await rm(parent, { recursive: true, force: true });
});

/** Field 22 of proc(5) stat; the names of the processes asked for here have no spaces. */
async function startTime(pid: number | undefined): Promise<string> {
  const fields = (await readFile(`/proc/${String(pid)}/stat`, 'utf8')).split(' ');
  return fields[21] ?? '';
}

async function leave(name: string): Promise<void> {
  await mkdir(join(parent, name, 'job-x'), { recursive: true });
  await writeFile(join(parent, name, 'job-x', 'input'), 'left');
}

describe('use', () => {
  it('gives an empty folder that is gone afterwards', async () => {
    const workspace = await LocalWorkspace.open(parent);
    const used = await workspace.use(async (folder) => {
      expect(await readdir(folder)).toEqual([]);
      expect(dirname(folder)).toBe(workspace.folder);
      await mkdir(join(folder, 'deep'));
      await writeFile(join(folder, 'deep', 'input'), 'x');
      return folder;
    });
    await expect(stat(used)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(workspace.folder)).toEqual([]);
  });

  it('removes the folder after a failure too, and passes the failure on', async () => {
    const workspace = await LocalWorkspace.open(parent);
    const failure = new Error('in the middle');
    const work = workspace.use(async (folder) => {
      await writeFile(join(folder, 'input'), 'x');
      throw failure;
    });
    await expect(work).rejects.toBe(failure);
    expect(await readdir(workspace.folder)).toEqual([]);
  });

  it('gives two pieces of work two folders, for nobody else to read', async () => {
    const workspace = await LocalWorkspace.open(parent);
    await workspace.use((one) =>
      workspace.use(async (other) => {
        expect(one).not.toBe(other);
        expect((await stat(one)).mode & 0o077).toBe(0);
      }),
    );
  });
});

describe('open', () => {
  it('makes missing folders', async () => {
    const workspace = await LocalWorkspace.open(join(parent, 'a', 'b'));
    expect(dirname(workspace.folder)).toBe(join(parent, 'a', 'b'));
  });

  it('removes what dead processes left, also when somebody else has their id now', async () => {
    await leave('process-4194305-123'); // above the highest process id of Linux
    await leave(`process-${String(process.pid)}-1`);
    const workspace = await LocalWorkspace.open(parent);
    expect(await readdir(parent)).toEqual([basename(workspace.folder)]);
  });

  it('leaves alone what belongs to a live process, until that is dead', async () => {
    const other = spawn('sleep', ['25']);
    const name = `process-${String(other.pid)}-${await startTime(other.pid)}`;
    await leave(name);
    await LocalWorkspace.open(parent);
    expect(await readFile(join(parent, name, 'job-x', 'input'), 'utf8')).toBe('left');
    other.kill('SIGKILL');
    await once(other, 'exit');
    await LocalWorkspace.open(parent);
    expect(await readdir(parent)).not.toContain(name);
  });

  it('leaves alone what is no folder of ours', async () => {
    const strangers = ['notes', 'process-', 'process-12', 'process-12-3-4', 'process-x-1', 'my-process-12-3'];
    for (const name of strangers) await leave(name);
    const workspace = await LocalWorkspace.open(parent);
    expect((await readdir(parent)).sort()).toEqual([...strangers, basename(workspace.folder)].sort());
  });

  it('names the variable when the folder cannot be written', async () => {
    const file = join(parent, 'a-file');
    await writeFile(file, '');
    await expect(LocalWorkspace.open(join(file, 'work'))).rejects.toThrow(StartError);
    await expect(LocalWorkspace.open(join(file, 'work'))).rejects.toThrow(/TEMP_DIR/);
  });
});

describe('close', () => {
  it('removes the folder of this process and nothing else', async () => {
    const workspace = await LocalWorkspace.open(parent);
    await leave('notes');
    await workspace.close();
    expect(await readdir(parent)).toEqual(['notes']);
    await workspace.close();
  });
});

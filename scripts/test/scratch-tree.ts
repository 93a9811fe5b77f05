import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Ended {
  code: number | null;
  /** All lines of both outputs, in the order in which they came. */
  lines: string[];
}

export interface Started {
  child: ChildProcess;
  /** Resolves with the lines so far once one contains `text`. @throws Error when the program ends before. */
  until: (text: string) => Promise<string[]>;
  ended: Promise<Ended>;
}

/**
 * A temporary folder with a copy of our scripts and stand-ins for the programs that they run. Only the
 * stand-ins are on the PATH: no test depends on what this machine has, nor changes it.
 */
export class ScratchTree {
  readonly folder: string;
  readonly #children: ChildProcess[] = [];

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<ScratchTree> {
    const tree = new ScratchTree(await mkdtemp(join(tmpdir(), 'clipscribe-scripts-')));
    await cp(join(import.meta.dirname, '..'), join(tree.folder, 'scripts'), { recursive: true });
    await mkdir(join(tree.folder, 'bin'));
    for (const tool of ['mkdir', 'sh', 'sleep'])
      await symlink(`/bin/${tool}`, join(tree.folder, 'bin', tool));
    return tree;
  }

  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.folder, path)), { recursive: true });
    await writeFile(join(this.folder, path), text);
  }

  /** A stand-in for a program: a shell script that may note its calls in a file under `$CALLS`. */
  async program(name: string, body = 'exit 0'): Promise<void> {
    await this.write(join('bin', name), `#!/bin/sh\n${body}\n`);
    await chmod(join(this.folder, 'bin', name), 0o755);
  }

  async removeProgram(name: string): Promise<void> {
    await rm(join(this.folder, 'bin', name));
  }

  /** The lines of a file; none when there is no such file. */
  async lines(path: string): Promise<string[]> {
    const text = await readFile(join(this.folder, path), 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  }

  /** Runs one of our scripts with this Node and these variables alone. */
  start(script: string, args: string[] = [], env: Record<string, string> = {}): Started {
    const child = spawn(process.execPath, [join(this.folder, 'scripts', script), ...args], {
      env: { PATH: join(this.folder, 'bin'), CALLS: this.folder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#children.push(child);
    const lines: string[] = [];
    const readers = [child.stdout, child.stderr].map((input) => createInterface({ input }));
    for (const reader of readers) reader.on('line', (line) => lines.push(line));
    const ended = once(child, 'close').then(() => ({ code: child.exitCode, lines }));
    const until = async (text: string): Promise<string[]> => {
      let open = true;
      while (!lines.some((line) => line.includes(text))) {
        if (!open) throw new Error(`ended without saying ${text}:\n${lines.join('\n')}`);
        const nextLine = Promise.race(readers.map((reader) => once(reader, 'line')));
        open = await Promise.race([nextLine.then(() => true), ended.then(() => false)]);
      }
      return lines;
    };
    return { child, until, ended };
  }

  async remove(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }
}

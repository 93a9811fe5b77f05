import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StartError } from '@clipscribe/runtime';
import { findConfinement, writeLauncher } from '../src/adapters/confinement.ts';
import { runTool } from '../src/adapters/run-tool.ts';

// The tests look at processes from within.
const { prefix, missing } = findConfinement(['/proc']);
const timeoutMs = 20_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipscribe-confinement-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** What a shell prints, in the given confinement. */
async function shell(script: string, words: readonly string[] = prefix): Promise<string> {
  const { code, stdout, stderr } = await runTool([...words, 'sh', '-c', script], { cwd: folder, timeoutMs });
  if (code !== 0) throw new Error(`exit ${String(code)}: ${stderr}`);
  return stdout.trim();
}

/** How many connections a loopback server sees while a command that is told its port runs. */
async function connectionsOf(command: (port: string) => readonly string[]): Promise<number> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server listening on a TCP port has an AddressInfo; only pipes have strings.
  const { port } = server.address() as AddressInfo;
  await runTool(command(String(port)), { timeoutMs });
  await new Promise((resolve) => server.close(resolve));
  return connections;
}

// Each test holds where its layer works, and asks for the name of the layer where it does not.
describe('findConfinement', () => {
  it('runs a command at all, with its arguments and its exit code', async () => {
    expect(await shell('printf "%s|" "a b" "c"')).toBe('a b|c|');
    expect((await runTool([...prefix, 'sh', '-c', 'exit 7'], { timeoutMs })).code).toBe(7);
  });

  it('hands on no variables but those that programs need to start', async () => {
    process.env['CLIPSCRIBE_TEST_SECRET'] = 'amqp://u:p@queue';
    try {
      const names = (await shell('env')).split('\n').map((line) => line.split('=')[0] ?? '');
      // The shell sets some by itself.
      const own = names.filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name));
      if (missing.includes('no variables of ours')) expect(own).toContain('CLIPSCRIBE_TEST_SECRET');
      else expect(own.filter((name) => name !== 'LD_LIBRARY_PATH')).toEqual(['PATH']);
    } finally {
      delete process.env['CLIPSCRIBE_TEST_SECRET'];
    }
  });

  it('keeps the network away', async () => {
    const connect = (port: string) => [
      'ffmpeg',
      '-v',
      'error',
      '-i',
      `tcp://127.0.0.1:${port}`,
      '-f',
      'null',
      '-',
    ];
    expect(await connectionsOf(connect)).toBe(1);
    const confined = await connectionsOf((port) => [...prefix, ...connect(port)]);
    if (!missing.includes('no network')) expect(confined).toBe(0);
  });

  it('makes the command the leader of a process group, under the id that was started', () => {
    const [program, ...args] = [...prefix, 'sh', '-c', 'cut -d" " -f1,5 /proc/self/stat; echo $$'];
    const { stdout, pid } = spawnSync(program, args, { encoding: 'utf8' });
    const [, group, own] = /^\d+ (\d+)\n(\d+)$/.exec(stdout.trim()) ?? [];
    expect(own).toBe(String(pid));
    expect(group === own).toBe(!missing.includes('own process group'));
  });

  it('lets others go first', async () => {
    const [here, confined] = [Number(await shell('nice', [])), Number(await shell('nice'))];
    expect(confined > here).toBe(!missing.includes('lower priority'));
  });

  it('sets the limits', async () => {
    const limits = await shell('cat /proc/self/limits');
    const soft = (name: string) => new RegExp(`^${name} +(\\S+)`, 'm').exec(limits)?.[1];
    const found = [
      'Max address space',
      'Max cpu time',
      'Max file size',
      'Max open files',
      'Max core file size',
    ].map(soft);
    const expected = [String(6 * 2 ** 30), '7200', String(4 * 2 ** 30), '64', '0'];
    if (missing.includes('resource limits')) expect(found).not.toEqual(expected);
    else expect(found).toEqual(expected);
  });

  describe('files', () => {
    const able = !missing.includes('no other files');
    let job: string;
    let outside: string;
    beforeAll(async () => {
      job = await mkdtemp(join(folder, 'job-'));
      outside = join(folder, 'outside.txt');
      await writeFile(outside, 'of somebody else');
      await writeFile(join(job, 'input'), 'of the job');
    });
    /** Whether a script, started in the job's folder, ends well. */
    const works = async (script: string) =>
      (await runTool([...prefix, 'sh', '-c', script], { cwd: job, timeoutMs })).code === 0;

    it('those of the job are read, written and removed', async () => {
      expect(await works('cat input > output && echo more >> output && rm output')).toBe(true);
    });

    it.each([
      ['reads another file', (path: string) => `cat '${path}'`],
      ['reads another file by a way back', () => 'cat ../outside.txt'],
      ['lists the folder above', () => 'ls ..'],
      ['reads the accounts of the system', () => 'cat /etc/passwd'],
      ['writes another file', (path: string) => `echo x >> '${path}'`],
      ['makes another file', () => 'echo x > ../new.txt'],
      ['makes a link to another file', (path: string) => `ln -s '${path}' link`],
      ['makes a folder', () => 'mkdir folder'],
      ['moves its own file away', () => 'mv input ../moved'],
    ])('nobody %s', async (_what, script) => {
      // Where the layer is missing some of these work, and it is named as missing.
      if (able) expect(await works(script(outside))).toBe(false);
      expect(await works('cat input')).toBe(true);
    });

    it('what is named as readable is read, and not written', async () => {
      const other = findConfinement([outside]).prefix;
      const { stdout, code } = await runTool(
        [...other, 'sh', '-c', `cat '${outside}'; echo x >> '${outside}'`],
        {
          cwd: job,
          timeoutMs,
        },
      );
      expect(stdout).toBe('of somebody else');
      if (able) expect(code).not.toBe(0);
    });
  });

  it('lets nothing outlive its parent', async () => {
    const fifo = join(folder, 'go-on');
    spawnSync('mkfifo', [fifo]);
    // The shell in between dies without a chance to tell; its child holds the same standard output.
    const inner = [...prefix, 'sh', '-c', `echo ready; read word < ${fifo}; echo outlived`];
    const parent = spawn('sh', ['-c', '"$@" & wait', 'sh', ...inner], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [exited, closed] = [once(parent, 'exit'), once(parent, 'close')];
    const lines: string[] = [];
    const output = createInterface(parent.stdout).on('line', (line) => lines.push(line));
    await once(output, 'line');
    parent.kill('SIGKILL');
    await exited;
    const writer = await open(fifo, 'r+');
    await writer.write('go\n');
    await closed;
    await writer.close();
    expect(lines).toEqual(missing.includes('death with the parent') ? ['ready', 'outlived'] : ['ready']);
  });
});

describe('a system that cannot do everything', () => {
  /** Finds the confinement in a process that sees these programs only. */
  async function findWith(programs: readonly string[]): Promise<unknown> {
    const bin = await mkdtemp(join(folder, 'bin-'));
    for (const name of programs)
      await symlink(spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim(), join(bin, name));
    const url = new URL('../src/adapters/confinement.ts', import.meta.url).href;
    const script = `import { findConfinement } from ${JSON.stringify(url)}; console.log(JSON.stringify(findConfinement()));`;
    const options = { env: { PATH: bin }, encoding: 'utf8' } as const;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], options);
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout);
  }

  it('gives what there is, and names what is missing', async () => {
    expect(await findWith(['true', 'env', 'setsid', 'nice', 'prlimit'])).toEqual({
      prefix: [
        ...['env', '-i', expect.stringMatching(/^PATH=/)],
        ...['setsid', 'nice', '-n', expect.any(String)],
        'prlimit',
        expect.stringContaining('--as='),
        ...Array<unknown>(4).fill(expect.any(String)),
        '--',
      ],
      missing: ['no network', 'death with the parent', 'no other files'],
    });
  });

  it('gives nothing where there is nothing', async () => {
    expect(await findWith(['true'])).toEqual({
      prefix: [],
      missing: [
        ...['no variables of ours', 'own process group', 'lower priority', 'no network'],
        ...['death with the parent', 'resource limits', 'no other files'],
      ],
    });
  });
});

describe('writeLauncher', () => {
  it('hands every word over as it is, whatever signs are in it', async () => {
    const words = [
      "it's 'quoted'",
      '$(touch x) $HOME',
      '`id`',
      'two  words',
      '"',
      '\\',
      '*',
      'line\nbreak',
      '',
    ];
    const launcher = await writeLauncher(join(folder, "it's a folder"), 'tool', {
      prefix: ['printf', '[%s]', ...words],
      missing: [],
    });
    const { code, stdout } = await runTool([launcher, '-y', 'a b', '$1'], { timeoutMs });
    expect(code).toBe(0);
    expect(stdout).toBe([...words, 'tool', '-y', 'a b', '$1'].map((word) => `[${word}]`).join(''));
  });

  it('is for its owner alone, and can be written again', async () => {
    await writeLauncher(folder, 'ffmpeg', { prefix, missing });
    const path = await writeLauncher(folder, 'ffmpeg', { prefix: [], missing });
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    expect((await runTool([path, '-version'], { timeoutMs })).stdout).toMatch(/^ffmpeg version/);
  });

  it('names the variable when it cannot write', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    const writing = writeLauncher(join(file, 'bin'), 'ffmpeg', { prefix, missing });
    await expect(writing).rejects.toThrow(StartError);
    await expect(writing).rejects.toThrow(/TEMP_DIR/);
  });
});

describe('runTool', () => {
  it('rejects when the tool is not there, and resolves for every exit code', async () => {
    await expect(runTool(['/no/such/tool'], { timeoutMs })).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await runTool(['sh', '-c', 'echo out; echo err >&2; exit 3'], { timeoutMs })).toEqual({
      code: 3,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('kills the whole group when the time is up', async () => {
    // Would the grandchild live on, it would hold the output open and this would not end.
    const result = await runTool([...prefix, 'sh', '-c', 'sleep 25 & sleep 25'], { timeoutMs: 300 });
    expect(result).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  it('kills the tool when it is aborted, and rejects with the reason', async () => {
    const abort = new AbortController();
    const fifo = join(folder, 'fifo');
    spawnSync('mkfifo', [fifo]);
    const run = runTool([...prefix, 'sh', '-c', `echo started > ${fifo}; sleep 25 & sleep 25`], {
      signal: abort.signal,
      cwd: folder,
      timeoutMs,
    });
    spawnSync('cat', [fifo]);
    abort.abort('lost');
    await expect(run).rejects.toBe('lost');
  });

  it('starts nothing when it is aborted already', async () => {
    const trace = join(folder, 'trace');
    const run = runTool(['touch', trace], { signal: AbortSignal.abort('lost'), timeoutMs });
    await expect(run).rejects.toBe('lost');
    await expect(stat(trace)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('ends a tool that prints without end, and keeps no more than the limit', async () => {
    const result = await runTool([...prefix, 'yes'], { timeoutMs, maxOutputBytes: 100_000 });
    expect(result.signal).toBe('SIGKILL');
    expect(result.stdout.length).toBeLessThanOrEqual(100_000);
  });

  it('passes the standard input of nobody on', async () => {
    await mkdir(join(folder, 'empty'), { recursive: true });
    expect((await runTool(['cat'], { timeoutMs })).stdout).toBe('');
  });
});

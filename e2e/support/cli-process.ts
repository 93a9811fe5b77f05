import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What `npx clipscribe` starts. */
export const cliProgram = join(root, 'packages', 'cli', 'bin', 'clipscribe.mjs');

export interface CliRun {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  /** On top of a minimal environment. */
  env?: Record<string, string>;
  cwd?: string;
  stdin?: string;
}

/** The command line under way. */
export interface CliProcess {
  child: ChildProcess;
  output: () => { stdout: string; stderr: string };
  /** Resolves when the text was printed, to whichever of the two. */
  printed: (text: string | RegExp) => Promise<void>;
  type: (text: string) => void;
  ended: Promise<CliRun>;
}

/** A person with a computer of their own: a folder for what the command line keeps, and one to work in. */
export class CliUser {
  readonly home: string;
  readonly work: string;
  readonly url: string;
  readonly #running = new Set<ChildProcess>();

  private constructor(home: string, url: string) {
    this.home = home;
    this.work = join(home, 'work');
    this.url = url;
  }

  static async create(home: string, url: string): Promise<CliUser> {
    await mkdir(join(home, 'work'), { recursive: true });
    return new CliUser(home, url);
  }

  get sessionFile(): string {
    return join(this.home, 'config', 'clipscribe', 'sessions.json');
  }

  /** Ends what a test that failed has left running. */
  async end(): Promise<void> {
    const ended = [...this.#running].map((child) => once(child, 'close'));
    for (const child of this.#running) child.kill('SIGKILL');
    await Promise.all(ended);
  }

  async login(email: string, password: string): Promise<void> {
    const { code, stderr } = await this.run(['login', '--email', email, '--password-stdin'], {
      stdin: password,
    });
    if (code !== 0) throw new Error(`login ended with ${String(code)}: ${stderr}`);
  }

  run(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
    const started = this.start(args, options);
    return started.ended;
  }

  start(args: readonly string[], options: CliOptions = {}): CliProcess {
    const started = this.#spawn(process.execPath, [cliProgram, ...args], options);
    started.child.stdin?.end(options.stdin ?? '');
    return started;
  }

  /** Runs a line of the shell in which `$CLI` is the program. */
  shell(line: string, options: CliOptions = {}): Promise<CliRun> {
    const started = this.#spawn('bash', ['-c', line], options);
    started.child.stdin?.end(options.stdin ?? '');
    return started.ended;
  }

  /** In a terminal of its own, by script(1): what is typed comes from `type`, and all output is one. */
  inTerminal(args: readonly string[], options: CliOptions = {}): CliProcess {
    const line = ['exec', process.execPath, cliProgram, ...args]
      .map(quoted)
      .join(' ')
      .replace("'exec'", 'exec');
    return this.#spawn('script', ['-q', '-e', '-c', `stty cols 100; ${line}`, '/dev/null'], options);
  }

  #spawn(command: string, args: readonly string[], { env = {}, cwd = this.work }: CliOptions): CliProcess {
    const child = spawn(command, args, {
      cwd,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: this.home,
        XDG_CONFIG_HOME: join(this.home, 'config'),
        XDG_STATE_HOME: join(this.home, 'state'),
        CLIPSCRIBE_URL: this.url,
        CLI: `${process.execPath} ${cliProgram}`,
        LANG: 'C.UTF-8',
        ...env,
      },
    });
    // A command that does not read its input may end before all of it is written.
    child.stdin.on('error', () => undefined);
    this.#running.add(child);
    child.once('close', () => this.#running.delete(child));
    const printed = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text));
    const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...printed })); // the first argument of the event
    return {
      child,
      output: () => ({ ...printed }),
      printed: (text) => waitForText(child, printed, text),
      type: (text) => {
        child.stdin.write(text);
      },
      ended,
    };
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function waitForText(
  child: ChildProcess,
  printed: { stdout: string; stderr: string },
  wanted: string | RegExp,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = (): void => {
      const all = printed.stdout + printed.stderr;
      if (typeof wanted === 'string' ? all.includes(wanted) : wanted.test(all)) resolve();
    };
    check();
    child.stdout?.on('data', check);
    child.stderr?.on('data', check);
    child.once('close', () => {
      check();
      reject(new Error(`it ended before it printed ${String(wanted)}: ${printed.stdout}${printed.stderr}`));
    });
  });
}

import { addAbortSignal, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { CommanderError } from 'commander';
import { ApiClient } from './api/api-client.ts';
import { commands } from './commands/index.ts';
import { complete, completionText } from './completion/complete.ts';
import type { Context } from './context.ts';
import { AlreadyTold, asCliError, CliError, errorText } from './errors.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { userFolders } from './folders.ts';
import { buildProgram, type GlobalOptions } from './program.ts';
import { Output } from './screen/output.ts';
import { createPrompt, type Prompt } from './screen/prompt.ts';
import { Screen, type TextStream } from './screen/screen.ts';
import { Account } from './session/account.ts';
import { askLogin } from './session/ask-login.ts';
import { DEFAULT_SERVER, serverUrl } from './session/server-url.ts';
import { SessionStore } from './session/session-store.ts';
import { version } from './version.ts';

/** The part of a process that a command needs. */
export interface CliHost {
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  nodeVersion: string;
  stdin: Readable & { isTTY?: boolean };
  stdout: TextStream;
  stderr: TextStream;
  /** Fires with a CliError when the program is to end. */
  signal: AbortSignal;
}

/** Carries out one command line. @returns the exit code */
export async function runCli(argv: readonly string[], host: CliHost): Promise<ExitCode> {
  const isJson = argv.includes('--json');
  const isQuiet = argv.includes('--quiet');
  const screen = new Screen(host.stdout, host.stderr, host.env['TERM'] !== 'dumb');
  const out = new Output(screen, { json: isJson, quiet: isQuiet });
  const onError = (message: string): void => {
    out.error(new CliError('USAGE', `${message}; see clipscribe --help`, { exitCode: exitCodes.usage }));
  };
  let help = '';
  const program = buildProgram({
    commands,
    version,
    stdout: host.stdout,
    onError,
    onNoCommand: (text) => {
      help += text;
    },
    execute: async (work, options) => work(await createContext(host, out, options)),
  });
  if (argv[0] === 'complete' && argv[1] === '--') {
    host.stdout.write(completionText(complete(program, argv.slice(2))));
    return exitCodes.ok;
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    screen.foot([]);
    if (help !== '') {
      if (!isJson && !isQuiet) screen.err(`${help}\n`);
      onError('a command has to be named');
    }
    return endOf(error, out, host.signal);
  }
}

/** Tells what has not been told, and finds the exit code. */
function endOf(error: unknown, out: Output, signal: AbortSignal): ExitCode {
  if (signal.aborted) {
    const reason = asCliError(signal.reason);
    out.error(reason);
    return reason.exitCode;
  }
  if (error instanceof AlreadyTold) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  out.error(error);
  return asCliError(error).exitCode;
}

async function createContext(host: CliHost, out: Output, options: GlobalOptions): Promise<Context> {
  const { env, signal } = host;
  const folders = userFolders(env, host.platform);
  const sessions = new SessionStore(folders.config);
  const named = options.server ?? nonEmpty(env['CLIPSCRIBE_URL']);
  const server = serverUrl(named ?? (await sessions.currentServer()) ?? DEFAULT_SERVER);
  const note = (message: string): void => {
    out.note(message);
  };
  const api = new ApiClient({
    server,
    userAgent: `clipscribe-cli/${version} (${host.platform}; node ${host.nodeVersion})`,
    retry: {
      forMs: (options.retryFor ?? 60) * 1000,
      signal,
      onWait: (error) => {
        note(`${errorText(error)}; trying again`);
      },
    },
  });
  const prompt = createHostPrompt(host, out);
  const ask =
    prompt &&
    ((known?: { email: string }) => {
      note(
        known === undefined
          ? `you are not logged in at ${server}`
          : `your login at ${server} has expired or was ended`,
      );
      return askLogin({ api, sessions, prompt, note }, known?.email);
    });
  const token = givenToken(env['CLIPSCRIBE_TOKEN']);
  const account = new Account({ api, sessions, token, ask });
  return {
    api,
    account,
    sessions,
    folders,
    out,
    prompt,
    signal,
    readInput: () => text(addAbortSignal(signal, host.stdin)),
  };
}

/** A question needs a terminal to be asked at, and one to be answered at. */
function createHostPrompt({ stdin, stderr, signal }: CliHost, { screen }: Output): Prompt | undefined {
  if (stdin.isTTY !== true || stderr.isTTY !== true) return undefined;
  const prompt = createPrompt(stdin, stderr, signal);
  return {
    ask: (question) => screen.without(() => prompt.ask(question)),
    askHidden: (question) => screen.without(() => prompt.askHidden(question)),
  };
}

/** A token from the environment, without the end of the line it may have been read with. @throws CliError NOT_LOGGED_IN */
function givenToken(value: string | undefined): string | undefined {
  const token = nonEmpty(value?.trim());
  // What no header can carry would look like a connection that breaks.
  if (token === undefined || /^[\u0021-\u007e]+$/.test(token)) return token;
  const detail = 'CLIPSCRIBE_TOKEN is no token: it has spaces or letters in it that no token has';
  throw new CliError('NOT_LOGGED_IN', detail, { exitCode: exitCodes.notLoggedIn });
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

import { ConfigError, type Env } from '@clipscribe/runtime';
import { messageLines } from '@clipscribe/terminal';
import { CommanderError } from 'commander';
import { commandGroups } from './command-groups.ts';
import { readAdminConfig } from './config.ts';
import { CommandFailed, describeError } from './errors.ts';
import { openPorts, type PortSources } from './open-ports.ts';
import { createOutput, type TextSink } from './output.ts';
import { buildProgram } from './program.ts';

/** The part of a process that a command needs. */
export interface AdminHost extends PortSources {
  env: Env;
  stdout: TextSink;
  stderr: TextSink;
}

/**
 * Carries out one command line.
 * @returns the exit code: 0 done, 1 it failed or what it is about is not there, 2 the command line is wrong
 */
export async function runAdmin(argv: readonly string[], host: AdminHost): Promise<0 | 1 | 2> {
  const { env, stdout, stderr } = host;
  const program = buildProgram({
    groups: commandGroups,
    stdout,
    stderr,
    execute: async (work, { json, envFile }) => {
      const ports = openPorts(readAdminConfig(env, envFile), host);
      try {
        await work(ports, createOutput(stdout, stderr, { json }));
      } finally {
        await ports.close();
      }
    },
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return endOfParsing(error, stderr);
    stderr.write(messageLines(failureText(error)));
    return 1;
  }
}

/** Help, or what is wrong and the usage, was printed before the error was thrown. */
function endOfParsing({ code, exitCode }: CommanderError, stderr: TextSink): 0 | 2 {
  if (exitCode === 0) return 0;
  if (code === 'commander.help') stderr.write(messageLines('name one of these commands'));
  return 2;
}

function failureText(error: unknown): string {
  if (error instanceof ConfigError) return `configuration: ${error.message}`;
  if (error instanceof CommandFailed) return error.message;
  return describeError(error);
}

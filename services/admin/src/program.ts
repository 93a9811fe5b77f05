import { Command, Option } from 'commander';
import { z } from 'zod';
import type { AdminCommand, Work } from './command.ts';
import type { TextSink } from './output.ts';

/** Commands that are about the same thing, such as `users`. */
export interface CommandGroup {
  name: string;
  summary: string;
  commands: readonly AdminCommand[];
}

export interface GlobalOptions {
  json: boolean;
  envFile: string | undefined;
}

interface ProgramOptions {
  groups: readonly CommandGroup[];
  stdout: TextSink;
  stderr: TextSink;
  execute: (work: Work, options: GlobalOptions) => Promise<void>;
}

const globalOptionsSchema = z.object({ json: z.boolean().default(false), envFile: z.string().optional() });

/** The parser for the whole command line. It throws a CommanderError instead of ending the process. */
export function buildProgram({ groups, stdout, stderr, execute }: ProgramOptions): Command {
  const program = new Command('npm run admin --')
    .description('Dead letters, users and jobs, for the operator of clipscribe.')
    .addOption(new Option('--json', 'print JSON, for scripts'))
    .addOption(new Option('--env-file <file>', 'NAME=value lines for what the environment does not set'))
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: (text, write) => {
        write(text.replace(/^error: /, 'clipscribe: '));
      },
    })
    .showHelpAfterError()
    .exitOverride();
  for (const { name, summary, commands } of groups) {
    const names = commands.map(({ syntax }) => syntax.split(' ')[0]).join(', ');
    const group = program.command(name).description(`${summary}: ${names}`);
    for (const command of commands) {
      const leaf = addCommand(group, command);
      leaf.action(() => execute(bind(command, leaf), readGlobalOptions(program)));
    }
  }
  return program;
}

function addCommand(group: Command, { syntax, summary, options }: AdminCommand): Command {
  const leaf = group.command(syntax).description(summary);
  for (const option of options) leaf.addOption(option);
  return leaf;
}

function readGlobalOptions(program: Command): GlobalOptions {
  const { json, envFile } = globalOptionsSchema.parse(program.opts());
  return { json, envFile };
}

/** Checks what the command was given. A value that cannot be is an error of usage. */
function bind(command: AdminCommand, leaf: Command): Work {
  const values: Record<string, unknown> = { ...leaf.opts() };
  for (const [index, argument] of leaf.registeredArguments.entries())
    values[argument.name()] = leaf.processedArgs[index];
  try {
    return command.bind(values);
  } catch (error) {
    if (error instanceof z.ZodError) leaf.error(`error: ${describeValue(error, leaf)}`);
    throw error;
  }
}

/** What is wrong with the first wrong value, by the name that it has on the command line. */
function describeValue(error: z.ZodError, leaf: Command): string {
  const [issue] = error.issues;
  const key = String(issue?.path[0] ?? '');
  const option = leaf.options.find((candidate) => candidate.attributeName() === key);
  return [option?.long ?? key, issue?.message].filter(Boolean).join(' ');
}

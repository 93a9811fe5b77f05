import { Command, Option } from 'commander';
import { z } from 'zod';
import { wholeNumber } from './arguments.ts';
import type { CliCommand, Work } from './command.ts';
import { DEFAULT_SERVER } from './session/server-url.ts';
import type { TextStream } from './screen/screen.ts';

const globalOptionsSchema = z.object({
  server: z.string().optional(),
  json: z.boolean().default(false),
  quiet: z.boolean().default(false),
  retryFor: wholeNumber(0, 86_400).optional(),
});
export type GlobalOptions = z.output<typeof globalOptionsSchema>;

interface ProgramOptions {
  commands: readonly CliCommand[];
  version: string;
  stdout: TextStream;
  /** Called with what is wrong with the command line. */
  onError: (text: string) => void;
  /** Called with the help, piece by piece, when no command was named, or help about one that is not there. */
  onNoCommand: (help: string) => void;
  execute: (work: Work, options: GlobalOptions) => Promise<void>;
}

/** The parser for the whole command line. It throws a CommanderError instead of ending the process. */
export function buildProgram({
  commands,
  version,
  stdout,
  onError,
  onNoCommand,
  execute,
}: ProgramOptions): Command {
  const program = new Command('clipscribe')
    .description('Uploads recordings to a clipscribe server, and brings back MP3s and transcripts.')
    .version(version)
    .addOption(
      new Option(
        '--server <url>',
        `its address (default: CLIPSCRIBE_URL, else the last login's, else ${DEFAULT_SERVER})`,
      ),
    )
    .addOption(new Option('--json', 'print JSON, one value a line, for scripts'))
    .addOption(new Option('--quiet', 'print the least: ids and paths, and errors'))
    .addOption(
      new Option('--retry-for <seconds>', 'try again for so long when the server is away (default: 60)'),
    )
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: onNoCommand,
      outputError: (text) => {
        onError(text.replace(/^error: /, '').trimEnd());
      },
    })
    .exitOverride()
    .addHelpText('after', '\nclipscribe help COMMAND shows examples. docs/cli.md is the guide.');
  for (const command of commands) {
    const leaf = addCommand(program, command);
    leaf.action(() => execute(bind(command, leaf), readGlobalOptions(program)));
  }
  return program;
}

function addCommand(
  program: Command,
  { syntax, summary, details, options, examples, ...rest }: CliCommand,
): Command {
  const [name = '', ...placeholders] = syntax.split(' ');
  const leaf = program.command(rest.arguments.length > 0 ? name : [name, ...placeholders].join(' '));
  for (const argument of rest.arguments) leaf.addArgument(argument);
  leaf
    .summary(summary)
    .description(`${capital(summary)}.${details === '' ? '' : `\n\n${details.replaceAll('\n', ' ')}`}`);
  for (const option of options) leaf.addOption(option);
  const lines = examples.map(([line, meaning]) => `  ${line}\n      ${meaning}`);
  return leaf.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function readGlobalOptions(program: Command): GlobalOptions {
  try {
    return globalOptionsSchema.parse(program.opts());
  } catch (error) {
    if (error instanceof z.ZodError) program.error(describeValue(error, program));
    throw error;
  }
}

/** Checks what the command was given. A value that cannot be is an error of usage. */
function bind(command: CliCommand, leaf: Command): Work {
  const values: Record<string, unknown> = { ...leaf.opts() };
  for (const [index, argument] of leaf.registeredArguments.entries())
    values[argument.name()] = leaf.processedArgs[index];
  try {
    return command.bind(values);
  } catch (error) {
    if (error instanceof z.ZodError) leaf.error(describeValue(error, leaf));
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

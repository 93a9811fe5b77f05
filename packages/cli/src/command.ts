import type { Argument, Option } from 'commander';
import type { z } from 'zod';
import type { Context } from './context.ts';

/** A command with its arguments. @throws CliError, AlreadyTold when it could not be carried out as a whole */
export type Work = (context: Context) => Promise<void>;

/** One command as the table of commands has it. */
export interface CliCommand {
  /** Name and arguments, such as `retry <ids...>`; the names of the arguments are those of their values. */
  syntax: string;
  summary: string;
  /** What there is to say beyond the summary; the help breaks it into lines of its own. */
  details: string;
  options: readonly Option[];
  /** In place of those in the syntax, where there is more to say of them. */
  arguments: readonly Argument[];
  /** Command lines that work, each with what it does. */
  examples: readonly (readonly [line: string, meaning: string])[];
  /** @throws ZodError, with the name of the argument or option as its path */
  bind: (values: Readonly<Record<string, unknown>>) => Work;
}

interface Definition<S extends z.ZodType> extends Omit<
  CliCommand,
  'bind' | 'options' | 'arguments' | 'details'
> {
  options?: readonly Option[];
  arguments?: readonly Argument[];
  details?: string;
  /** What arguments and options have to be. */
  args: S;
  run: (context: Context, args: z.output<S>) => Promise<void>;
}

export function defineCommand<S extends z.ZodType>(definition: Definition<S>): CliCommand {
  const { options = [], arguments: named = [], details = '', args, run, ...rest } = definition;
  return {
    ...rest,
    options,
    arguments: named,
    details,
    bind: (values) => {
      const parsed = args.parse(values);
      return (context) => run(context, parsed);
    },
  };
}

import type { Option } from 'commander';
import type { z } from 'zod';
import type { Output } from './output.ts';
import type { AdminPorts } from './ports.ts';

/** A command with its arguments. @throws CommandFailed when it could not be carried out, as a whole or in part */
export type Work = (ports: AdminPorts, out: Output) => Promise<void>;

/** One command as the table of commands has it. */
export interface AdminCommand {
  /** Name and arguments, such as `show <id>`; the names of the arguments are those of their values. */
  syntax: string;
  summary: string;
  options: readonly Option[];
  /** @throws ZodError, with the name of the argument or option as its path */
  bind: (values: Readonly<Record<string, unknown>>) => Work;
}

interface Definition<S extends z.ZodType> {
  syntax: string;
  summary: string;
  options?: readonly Option[];
  /** What arguments and options have to be. */
  args: S;
  run: (ports: AdminPorts, args: z.output<S>, out: Output) => Promise<void>;
}

export function defineCommand<S extends z.ZodType>(definition: Definition<S>): AdminCommand {
  const { syntax, summary, options = [], args, run } = definition;
  return {
    syntax,
    summary,
    options,
    bind: (values) => {
      const parsed = args.parse(values);
      return (ports, out) => run(ports, parsed, out);
    },
  };
}

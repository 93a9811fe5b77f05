import { randomPassword } from '@clipscribe/auth/accounts';
import { Option } from 'commander';
import { z } from 'zod';
import { readText } from './config.ts';
import { CommandFailed } from './errors.ts';
import type { AdminPorts } from './ports.ts';

export const passwordOptions = [
  new Option('--password-stdin', 'read the password from standard input').conflicts('passwordFile'),
  new Option('--password-file <file>', 'read the password from a file'),
];

export const passwordArguments = {
  passwordStdin: z.boolean().default(false),
  passwordFile: z.string().optional(),
};

export interface NewPassword {
  value: string;
  /** Made here, so that somebody has to be told. */
  isRandom: boolean;
}

/** The password that the operator gives, or a random one. @throws CommandFailed when it cannot be read */
export async function choosePassword(
  ports: Pick<AdminPorts, 'readInput'>,
  email: string,
  { passwordStdin, passwordFile }: { passwordStdin: boolean; passwordFile?: string | undefined },
): Promise<NewPassword> {
  if (passwordStdin) return given(await ports.readInput());
  if (passwordFile !== undefined) return given(readText(passwordFile));
  return { value: randomPassword(email), isRandom: true };
}

/** What `echo` and editors put behind the last line is not part of the password. */
function given(text: string): NewPassword {
  const value = text.replace(/\r?\n$/, '');
  if (/[\r\n]/.test(value)) throw new CommandFailed('the password must be a single line');
  return { value, isRandom: false };
}

/** What is shown of a password: only one that nobody knows yet. */
export function passwordLine({ value, isRandom }: NewPassword): string {
  return isRandom ? `\npassword  ${value}   (shown only this once)` : '';
}

import { Option } from 'commander';
import { z } from 'zod';
import { filled } from '../arguments.ts';
import { defineCommand } from '../command.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { askLogin, unprotectedWarning } from '../session/ask-login.ts';
import { logIn } from '../session/log-in.ts';
import { isUnprotected } from '../session/server-url.ts';
import type { Context } from '../context.ts';
import type { Session } from '../session/session-store.ts';

export const login = defineCommand({
  syntax: 'login',
  summary: 'log in, and remember it on this computer',
  details:
    'Asks for what is not given. The token is kept in a file that only you can read, by server; the password is not kept.\n' +
    'The server that you logged in to last is the one that other commands use.',
  options: [
    new Option('--email <address>', 'whose account it is'),
    new Option('--password-stdin', 'read the password from standard input'),
  ],
  examples: [
    ['clipscribe login --server https://clips.example.org', 'asks for address and password'],
    ['pass clips | clipscribe login --email ada@example.org --password-stdin', 'for scripts'],
  ],
  args: z
    .object({ email: z.string().trim().pipe(filled).optional(), passwordStdin: z.boolean().default(false) })
    .refine(({ email, passwordStdin }) => !passwordStdin || email !== undefined, {
      error: '--password-stdin needs --email',
    }),
  run: async (context, args) => {
    const { api, out } = context;
    const { email, expiresAt } = await sessionFor(context, args);
    out.result({ server: api.server, email, expiresAt }, () => {
      return `logged in at ${api.server} as ${email}, until ${expiresAt}`;
    });
  },
});

async function sessionFor(
  context: Context,
  { email, passwordStdin }: { email?: string | undefined; passwordStdin: boolean },
): Promise<Session> {
  const { api, sessions, prompt, out } = context;
  const note = (text: string): void => {
    out.note(text);
  };
  if (passwordStdin && email !== undefined) {
    if (isUnprotected(api.server)) note(unprotectedWarning(api.server));
    // What `echo` and editors put behind the last line is not part of the password.
    const password = (await context.readInput()).replace(/\r?\n$/, '');
    const session = await logIn(api, email, password);
    await sessions.put(api.server, session);
    return session;
  }
  if (prompt === undefined) {
    const detail = 'there is no terminal to ask at; give --email and --password-stdin';
    throw new CliError('USAGE', detail, { exitCode: exitCodes.usage });
  }
  return askLogin({ api, sessions, prompt, note }, email);
}

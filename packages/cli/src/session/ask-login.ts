import { isUnprotected } from './server-url.ts';
import { logIn } from './log-in.ts';
import type { Session, SessionStore } from './session-store.ts';
import type { ApiClient } from '../api/api-client.ts';
import { CliError, errorText } from '../errors.ts';
import type { Prompt } from '../screen/prompt.ts';

const MOST_TRIES = 3;

interface AskOptions {
  api: ApiClient;
  sessions: SessionStore;
  prompt: Prompt;
  note: (text: string) => void;
}

/** Asks for the password, and for the address where it is not known, until they are right. @throws CliError */
export async function askLogin(
  { api, sessions, prompt, note }: AskOptions,
  known?: string,
): Promise<Session> {
  if (isUnprotected(api.server)) note(unprotectedWarning(api.server));
  for (let tries = 1; ; tries += 1) {
    const email = known ?? (await prompt.ask(`E-mail address at ${api.server}: `)).trim();
    const password = await prompt.askHidden(`Password of ${email}: `);
    try {
      const session = await logIn(api, email, password);
      await sessions.put(api.server, session);
      return session;
    } catch (error) {
      const isWrong = error instanceof CliError && error.code === 'WRONG_CREDENTIALS';
      if (!isWrong || tries === MOST_TRIES) throw error;
      note(errorText(error));
    }
  }
}

export function unprotectedWarning(server: string): string {
  return `${server} is not https: whoever is on the way can read the password and what you send`;
}

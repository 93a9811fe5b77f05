import type { ApiClient } from './api/api-client.ts';
import type { Folders } from './folders.ts';
import type { Output } from './screen/output.ts';
import type { Prompt } from './screen/prompt.ts';
import type { Account } from './session/account.ts';
import type { SessionStore } from './session/session-store.ts';

/** What a command works with. */
export interface Context {
  api: ApiClient;
  account: Account;
  sessions: SessionStore;
  folders: Folders;
  out: Output;
  /** Absent where there is nobody to ask. */
  prompt: Prompt | undefined;
  /** All of standard input, as text. */
  readInput: () => Promise<string>;
  /** Fires when the user or the system ends the program. */
  signal: AbortSignal;
}

import { join } from 'node:path';
import { z } from 'zod';
import { readPrivateFile, writePrivateFile } from '../private-file.ts';

const sessionSchema = z.object({
  email: z.string(),
  token: z.string(),
  /** When the token expires, as told at login. */
  expiresAt: z.iso.datetime(),
});
export type Session = z.infer<typeof sessionSchema>;

const fileSchema = z.object({
  /** The server that was logged in to last: the one that is meant when none is named. */
  current: z.string().optional(),
  sessions: z.record(z.string(), sessionSchema),
});
type SessionFile = z.infer<typeof fileSchema>;

/** Tokens by server, each of which is sent to no other server. Kept in one file of mode 600. */
export class SessionStore {
  readonly path: string;

  constructor(configFolder: string) {
    this.path = join(configFolder, 'sessions.json');
  }

  async currentServer(): Promise<string | undefined> {
    return (await this.#read()).current;
  }

  async get(server: string): Promise<Session | undefined> {
    return (await this.#read()).sessions[server];
  }

  async put(server: string, session: Session): Promise<void> {
    const { sessions } = await this.#read();
    await this.#write({ current: server, sessions: { ...sessions, [server]: session } });
  }

  async remove(server: string): Promise<void> {
    const { current, sessions } = await this.#read();
    const others = Object.fromEntries(Object.entries(sessions).filter(([name]) => name !== server));
    await this.#write({ ...(current === undefined ? {} : { current }), sessions: others });
  }

  /** A file that is damaged holds no sessions: logging in writes a new one. */
  async #read(): Promise<SessionFile> {
    const text = await readPrivateFile(this.path);
    try {
      return fileSchema.parse(JSON.parse(text ?? '{"sessions":{}}'));
    } catch {
      return { sessions: {} };
    }
  }

  async #write(file: SessionFile): Promise<void> {
    await writePrivateFile(this.path, `${JSON.stringify(file, undefined, 2)}\n`);
  }
}

import { createHash, randomUUID } from 'node:crypto';
import { access, constants, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '@clipscribe/runtime';
import { createTransport } from 'nodemailer';
import { MailUnavailableError, type Mail, type Mailer } from '../mailer.ts';
import { composeMessage, noFetching } from './message.ts';

/** Writing a mail takes milliseconds; a temporary file this old was left by a process that is gone. */
const LEFTOVER_MS = 60_000;

/**
 * An outbox folder with one `.eml` file a mail, for use without a mail server. The name of the file comes
 * from the Message-ID, so a second copy of the same news replaces the first.
 */
export class FileMailer implements Mailer {
  readonly #folder: string;
  readonly #composer = createTransport({
    streamTransport: true,
    buffer: true,
    newline: 'windows',
    ...noFetching,
  });

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the folder, and removes what killed processes left half-written. @throws StartError */
  static async open(folder: string): Promise<FileMailer> {
    try {
      await mkdir(folder, { recursive: true });
      await removeLeftovers(folder);
      return new FileMailer(folder);
    } catch (error) {
      throw new StartError(`cannot use the outbox folder ${folder}: ${messageOf(error)}`, { cause: error });
    }
  }

  async send(mail: Mail): Promise<void> {
    const message = composeMessage(mail);
    try {
      const { message: bytes } = await this.#composer.sendMail(message);
      // `buffer: true` makes it a buffer; the type of nodemailer's answer covers streams too.
      await this.#write(outboxName(mail.messageId), bytes as Buffer);
    } catch (error) {
      throw new MailUnavailableError(`cannot write to the outbox: ${messageOf(error)}`, { cause: error });
    }
  }

  async ping(): Promise<void> {
    try {
      await access(this.#folder, constants.W_OK | constants.X_OK);
    } catch (error) {
      throw new MailUnavailableError(`cannot write to the outbox: ${messageOf(error)}`, { cause: error });
    }
  }

  close(): Promise<void> {
    this.#composer.close();
    return Promise.resolve();
  }

  /** Whole or not at all, and on the disk when it returns: fsync, rename, fsync of the folder. */
  async #write(name: string, bytes: Buffer): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const temporary = join(this.#folder, `.${randomUUID()}.tmp`);
    try {
      await using file = await open(temporary, 'wx', 0o600);
      await file.writeFile(bytes);
      await file.sync();
      await rename(temporary, join(this.#folder, name));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await using folder = await open(this.#folder, 'r');
    await folder.sync();
  }
}

/** A file name for a Message-ID; ids that would look alike or grow too long get a digest of the id. */
export function outboxName(messageId: string): string {
  const id = messageId.replace(/^<|>$/g, '');
  const safe = id
    .replace(/[^\w.@+-]/g, '_')
    .replace(/^\./, '_')
    .slice(0, 150);
  if (safe !== '' && safe === id) return `${safe}.eml`;
  return `${safe}-${createHash('sha256').update(id).digest('hex').slice(0, 16)}.eml`;
}

async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder);
  for (const name of names.filter((candidate) => /^\.[0-9a-f-]{36}\.tmp$/.test(candidate))) {
    const path = join(folder, name);
    // Null when another process has just finished with it.
    const modified = await stat(path).then(
      (stats) => stats.mtimeMs,
      () => null,
    );
    if (modified !== null && modified < Date.now() - LEFTOVER_MS) await rm(path, { force: true });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

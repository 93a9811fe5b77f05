import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

const PASSWORD_BYTES = 24;

/** What a server's folder remembers, so that it has the same address at every start. Readable for its owner only. */
export interface Kept {
  port: number;
  password: string;
}

/** Reads what the folder remembers, or makes it up. */
export async function keptIn(folder: string): Promise<Kept> {
  const file = join(folder, 'address.json');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Only this function writes the file.
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Kept;
  const kept = { port: await freePort(), password: randomBytes(PASSWORD_BYTES).toString('base64url') };
  writeFileSync(file, JSON.stringify(kept), { mode: 0o600, flush: true });
  return kept;
}

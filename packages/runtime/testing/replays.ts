import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A value for which a claim did not hold once. */
export interface Replay {
  claim: string;
  value: unknown;
}

/** What JSON has no word for is an object with one of these members alone. */
const readers: Readonly<Record<string, (text: unknown) => unknown>> = {
  $bytes: (text) => new Uint8Array(Buffer.from(String(text), 'latin1')),
  $number: Number,
  $undefined: () => undefined,
};

/** All replays in a folder, which need not be there. */
export function readReplays(folder: string): Replay[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => parseReplay(readFileSync(join(folder, name), 'utf8')));
}

/** Writes a replay into the folder, under a name that follows from its content; gives the path. */
export function keepReplay(folder: string, replay: Replay): string {
  const text = replayText(replay);
  const slug = replay.claim.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const hash = createHash('sha256').update(text).digest('hex');
  const path = join(folder, `${slug.slice(0, 50)}-${hash.slice(0, 8)}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** The text of a replay's file. Bytes, half characters, odd numbers and `undefined` come back as they were. */
export function replayText({ claim, value }: Replay): string {
  return `${JSON.stringify({ claim, value: written(value) }, null, 2)}\n`;
}

/** What `replayText` wrote. */
export function parseReplay(text: string): Replay {
  const { claim, value } = JSON.parse(text) as Replay; // the form that replayText writes
  return { claim, value: read(value) };
}

function written(value: unknown): unknown {
  if (value === undefined) return { $undefined: true };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('latin1') };
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
    return { $number: Object.is(value, -0) ? '-0' : String(value) };
  return mapped(value, written);
}

function read(value: unknown): unknown {
  const [member, ...others] = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const reader = member === undefined || others.length > 0 ? undefined : readers[member[0]];
  return reader === undefined ? mapped(value, read) : reader(member?.[1]);
}

/** The same list or object with each of its values changed; other things as they are. */
function mapped(value: unknown, change: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, change(member)]));
}

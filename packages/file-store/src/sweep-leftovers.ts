import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from './disk-errors.ts';
import type { StoreLayout } from './store-layout.ts';

/** Removes what writes that never ended have left, unless it changed after `before` (ms since the epoch). */
export async function sweepLeftovers(layout: StoreLayout, before: number): Promise<number> {
  let removed = 0;
  for await (const path of leftovers(layout)) {
    const changedAt = await lastChange(path);
    if (changedAt === null || changedAt > before) continue;
    await rm(path, { force: true });
    removed += 1;
  }
  return removed;
}

/** Everything incoming, and content whose record never came. */
async function* leftovers(layout: StoreLayout): AsyncGenerator<string> {
  for (const name of await readdir(layout.incoming)) yield join(layout.incoming, name);
  for (const shard of layout.shards()) {
    const names = new Set(await readdir(shard));
    for (const name of names) {
      if (!name.endsWith('.json') && !names.has(`${name}.json`)) yield join(shard, name);
    }
  }
}

async function lastChange(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

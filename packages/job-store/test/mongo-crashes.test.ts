import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { connectMongo } from '@clipscribe/mongo';
import { freshDatabase } from '@clipscribe/mongo/testing';
import { describeWithServer } from '@clipscribe/private-servers/testing';
import { MongoJobStore } from '../src/index.ts';
import { uploadsOf } from '../src/mongo-schema.ts';

const KILLS = 6;
const UPLOADS_BEFORE_KILL = 5;
/** An upload takes a few milliseconds: the kill hits any of its steps. */
const KILL_WITHIN_MS = 15;

/** The uploads whose acceptance a process has told before it was killed somewhere in the next ones. */
async function acceptUntilKilled(url: string): Promise<string[]> {
  const program = join(import.meta.dirname, 'accepting-process.ts');
  const child = spawn(process.execPath, [program, url], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const told: string[] = [];
  for await (const id of createInterface(child.stdout)) {
    told.push(id);
    if (told.length !== UPLOADS_BEFORE_KILL) continue;
    await delay(randomInt(KILL_WITHIN_MS));
    child.kill('SIGKILL');
  }
  await ended;
  return told;
}

describeWithServer('mongodb', 'a process that is killed while it accepts uploads', (server) => {
  it('leaves every upload that was accepted whole, and no other in parts', async () => {
    const database = freshDatabase(server().url);
    const told: string[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) told.push(...(await acceptUntilKilled(database.url)));

    const store = MongoJobStore.open(database.url);
    await store.due(10);
    const jobs = await store.list({ limit: 10_000 });
    const uploads = Map.groupBy(jobs, ({ upload }) => upload.fingerprint);
    expect(told.length).toBeGreaterThanOrEqual(KILLS * UPLOADS_BEFORE_KILL);
    expect([...uploads.keys()]).toEqual(expect.arrayContaining(told));
    for (const upload of uploads.values()) expect(upload).toHaveLength(3);
    const open = await store.staleIntents(-60_000, 100);
    expect(open.length).toBeLessThanOrEqual(KILLS);
    for (const { id } of open) expect(uploads.has(id)).toBe(false);
    const connection = connectMongo(database.url, { role: 'test', variable: 'TEST' });
    const kept = await connection.run((db) => uploadsOf(db).countDocuments());
    expect(kept).toBe(open.length);
    await Promise.all([store.close(), connection.close()]);
    await database.drop();
  });
});

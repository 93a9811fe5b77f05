import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { ensurePage } from '@clipscribe/web/build';
import { Client } from '../client.ts';
import { startEmbedded, type Running } from '../running.ts';
import { adminEmail, adminPassword } from '../suite-process.ts';
import { startChromium } from './chromium.ts';
import { Seed } from './seed.ts';

/** The whole suite with its page, and a browser. */
export interface WebWorld {
  url: string;
  /** The administrator, by HTTP. */
  client: Client;
  seed: Seed;
  browser: Browser;
  folder: string;
  stop: () => Promise<void>;
}

/** Builds the page if need be, and starts everything in a folder of its own. */
export async function startWebWorld(env: Record<string, string> = {}): Promise<WebWorld> {
  await ensurePage();
  const folder = await mkdtemp(join(tmpdir(), 'clipscribe-web-'));
  const running: Running = await startEmbedded(join(folder, 'data'), { LOGINS_PER_MINUTE: '1000', ...env });
  const browser = await startChromium();
  const client = await Client.login(running.url, adminEmail, adminPassword);
  const owner = (await (await client.fetch('/me')).json()) as { userId: string; email: string }; // meSchema
  const stop = async (): Promise<void> => {
    await browser.close();
    await running.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { url: running.url, client, seed: new Seed(join(folder, 'data'), owner), browser, folder, stop };
}

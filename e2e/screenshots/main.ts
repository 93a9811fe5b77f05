import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { untilPainted } from '../support/web/in-page.mjs';
import { Line } from '../support/web/line.ts';
import { choose, phone, sample, signIn, visit } from '../support/web/visitor.ts';
import { startWebWorld, type WebWorld } from '../support/web/world.ts';
import { photograph } from './camera.ts';
import { takeAdministration } from './take-administration.ts';
import { makeTalk } from './talk.ts';

const MIB = 2 ** 20;
const desktop = { width: 1120, height: 720 };

/** Makes the pictures of the tour, with the suite as it runs. */
async function main(): Promise<void> {
  await mkdir(fileURLToPath(new URL('../../docs/images', import.meta.url)), { recursive: true });
  const world = await startWebWorld({ MAX_STORED_PER_USER: '5GB', MAX_MINUTES_PER_DAY: '600' });
  try {
    const { mp3, transcript } = await makeTalk(world.folder);
    await world.seed.jobs(1);
    const talk = await world.seed.recording('River walk.mp4', mp3, transcript);
    await takeList(world);
    for (const [name, colorScheme, viewport] of [
      ['recording', 'light', desktop],
      ['recording-dark', 'dark', desktop],
      ['recording-phone', 'light', phone],
    ] as const) {
      const { page, leave } = await visit(world.browser, world.url, { colorScheme, viewport });
      await signIn(page);
      await takeRecording(page, `${world.url}/#/jobs/${talk}`, name);
      await leave();
    }
    await takeAccount(world);
    await takeAdministration(world, desktop);
  } finally {
    await world.stop();
  }
}

/** The first view, with an upload on its way, one that was refused, and recordings in several states. */
async function takeList(world: WebWorld): Promise<void> {
  const line = await Line.to(world.url);
  const { page, leave } = await visit(world.browser, line.url, { viewport: desktop });
  await page.getByLabel('E-mail address').waitFor();
  await photograph(page, 'sign-in');
  await signIn(page);
  await choose(page, sample);
  await page.locator('.badge', { hasText: 'Done' }).nth(1).waitFor({ timeout: 120_000 });
  const held = line.holdAfter(21 * MIB);
  await choose(page, [
    { name: 'Interview.mov', mimeType: 'video/quicktime', buffer: randomBytes(32 * MIB) },
    { name: 'notes.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') },
  ]);
  await held;
  await page.getByText(/^[1-9]\d %, /).waitFor();
  await photograph(page, 'recordings');
  await leave();
  await line.close();
}

async function takeRecording(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url);
  await page.locator('.sentence').last().waitFor();
  await page.getByRole('searchbox').fill('river');
  await page.locator('.sentence').nth(2).getByText('hear').click();
  await page.locator('.now', { hasText: 'hear' }).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.mouse.move(0, 0);
  await page.evaluate(untilPainted);
  await photograph(page, name);
}

async function takeAccount(world: WebWorld): Promise<void> {
  const { page, leave } = await visit(world.browser, world.url, { viewport: desktop });
  await signIn(page);
  await page.getByRole('link', { name: 'Account' }).click();
  await page.getByLabel('New address').fill('https://example.org/hook');
  await page.getByRole('button', { name: 'Add webhook' }).click();
  await page.getByText('https://example.org/hook', { exact: true }).waitFor();
  await page.getByRole('meter', { name: 'Storage' }).waitFor();
  await photograph(page, 'account');
  await leave();
}

// Started by a parent with an IPC channel: when the parent dies, there is nobody left to stop us.
process.on('disconnect', () => process.exit(1));
await main();
if (process.connected) process.disconnect();

import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { photograph } from '../../support/tour/camera.ts';
import { makeTalk } from '../../support/tour/talk.ts';
import { makeDeadLetters } from '../../support/web/dead-letters.ts';
import { describeInBrowser } from '../../support/web/describe-in-browser.ts';
import { untilPainted } from '../../support/web/in-page.mjs';
import { Line } from '../../support/web/line.ts';
import { choose, phone, sample, signIn, visit, type Visitor } from '../../support/web/visitor.ts';
import { startWebWorld, type WebWorld } from '../../support/web/world.ts';

const MIB = 2 ** 20;
const desktop = { width: 1120, height: 720 };

/** In the order of docs/tour.md, whose pictures these are: `npm run screenshots` puts them there, a test compares. */
describeInBrowser('the tour', () => {
  let world: WebWorld;
  let visitor: Visitor;
  let line: Line;
  let talk: string;
  beforeAll(async () => {
    world = await startWebWorld({ MAX_STORED_PER_USER: '5GB', MAX_MINUTES_PER_DAY: '600' });
    const { mp3, transcript } = await makeTalk(world.folder);
    await world.seed.jobs(1);
    talk = await world.seed.recording('River walk.mp4', mp3, transcript);
    line = await Line.to(world.url);
  });
  afterEach(async () => {
    const wrongs = await visitor.wrongs();
    await visitor.leave();
    expect(wrongs).toEqual([]);
  });
  afterAll(async () => {
    await line.close();
    await world.stop();
  });

  async function open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    visitor = await visit(world.browser, url, { viewport: desktop, ...options });
    return visitor.page;
  }

  it('signing in; recordings: on its way, refused, done, failed', async () => {
    const page = await open(line.url);
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
  });

  it.each([
    ['recording', 'light', desktop],
    ['recording-dark', 'dark', desktop],
    ['recording-phone', 'light', phone],
  ] as const)('%s: a word clicked, others found', async (name, colorScheme, viewport) => {
    const page = await open(world.url, { colorScheme, viewport });
    await signIn(page);
    await page.goto(`${world.url}/#/jobs/${talk}`);
    await page.locator('.sentence').last().waitFor();
    await page.getByRole('searchbox').fill('river');
    await page.locator('.sentence').nth(2).getByText('hear').click();
    await page.locator('.now', { hasText: 'hear' }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.mouse.move(0, 0);
    await page.evaluate(untilPainted);
    await photograph(page, name);
  });

  it('the account', async () => {
    const page = await open(world.url);
    await signIn(page);
    await page.getByRole('link', { name: 'Account' }).click();
    await page.getByLabel('New address').fill('https://example.org/hook');
    await page.getByRole('button', { name: 'Add webhook' }).click();
    await page.getByText('https://example.org/hook', { exact: true }).waitFor();
    await page.getByRole('meter', { name: 'Storage' }).waitFor();
    await photograph(page, 'account');
  });

  it('administration: users, one of whom is disabled, and messages that nobody could handle', async () => {
    for (const name of ['ada', 'emil', 'grace', 'katherine', 'margaret', 'radia']) await addUser(name);
    const gone = { v: 1, jobId: newId(), audioFileId: null, transcriptFileId: null, outcome: 'failed' };
    await makeDeadLetters(world, 'mp3', [JSON.stringify(gone)]);
    await makeDeadLetters(world, 'video', ['this is no message']);
    const page = await open(world.url);
    await signIn(page);
    await page.getByRole('link', { name: 'Administration' }).click();
    await page.getByRole('button', { name: 'Disable emil@example.org' }).click();
    await page.getByRole('button', { name: 'Enable emil@example.org' }).waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await photograph(page, 'administration');
    await page.getByRole('link', { name: 'Dead letters' }).click();
    await page.locator('.letter').first().getByText('Message', { exact: true }).click();
    await photograph(page, 'dead-letters');
  });

  async function addUser(name: string): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ email: `${name}@example.org` });
    await world.client.fetch('/admin/users', { method: 'POST', headers, body });
  }
});

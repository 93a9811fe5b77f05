import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../../support/web/describe-in-browser.ts';
import { Line } from '../../support/web/line.ts';
import { choose, signIn, visit, type Visitor } from '../../support/web/visitor.ts';
import { startWebWorld, type WebWorld } from '../../support/web/world.ts';

const MB = 1_000_000;
const recording = (name: string, bytes: number) => ({
  name,
  mimeType: 'video/mp4',
  buffer: randomBytes(bytes),
});

describeInBrowser('uploads beyond what one may use, in a browser', () => {
  let world: WebWorld;
  let line: Line;
  let visitor: Visitor;
  let page: Page;
  beforeAll(async () => {
    world = await startWebWorld({ TRANSCRIBER: 'none', MAX_STORED_PER_USER: '6MB', MAX_JOBS_AT_ONCE: '1' });
    line = await Line.to(world.url);
    visitor = await visit(world.browser, line.url);
    ({ page } = visitor);
    await signIn(page);
  });
  afterAll(async () => {
    expect(await visitor.wrongs()).toEqual([]);
    await line.close();
    await world.stop();
  });

  it('are refused by the server for want of storage, which is said in words', async () => {
    await choose(page, recording('too much.mp4', 7 * MB));
    const told = page.getByRole('alert').filter({ hasText: 'Your files may take 6 MB' });
    await told.getByText('Delete jobs to make room.').waitFor();
    await page.getByRole('button', { name: 'Try the upload of too much.mp4 again' }).click();
    await told.getByText('Delete jobs to make room.').waitFor();
    await page.getByRole('button', { name: 'Give up the upload of too much.mp4' }).click();
    await page.getByRole('heading', { name: 'Nothing here yet' }).waitFor();
  });

  it('are refused while others are at work, and taken when those have ended', async () => {
    const held = line.holdAfter(MB);
    await choose(page, recording('first.mp4', 3 * MB));
    await held;
    await choose(page, recording('second.mp4', MB));
    await page.getByRole('alert').filter({ hasText: 'at once' }).waitFor();
    line.cut();
    line.mend();
    const reason = 'This is not a video or sound file that can be read.';
    await page.locator('.job', { hasText: 'first.mp4' }).getByText(reason).waitFor();
    await page.getByRole('button', { name: 'Try the upload of second.mp4 again' }).click();
    await page.locator('.job', { hasText: 'second.mp4' }).getByText(reason).waitFor();
    expect(await page.locator('.upload').count()).toBe(0);
  });
});

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { describeInBrowser } from '../../support/web/describe-in-browser.ts';
import { openJob, scrollToTheEnd, untilPainted } from '../../support/web/in-page.mjs';
import { longMp3, longTranscript } from '../../support/web/long-talk.ts';
import { phone, signIn, visit, type Visitor } from '../../support/web/visitor.ts';
import { startWebWorld, type WebWorld } from '../../support/web/world.ts';

const JOBS = 1000;
const WORDS = 20_000;
const SECONDS = 7200;

describeInBrowser('much of it, in a browser', () => {
  let world: WebWorld;
  let visitor: Visitor;
  let jobId: string;
  beforeAll(async () => {
    world = await startWebWorld({ TRANSCRIBER: 'none' });
    await world.seed.jobs(JOBS);
    const mp3 = await longMp3(world.folder, SECONDS);
    jobId = await world.seed.recording('two hours.mp4', mp3, longTranscript(WORDS, SECONDS));
    visitor = await visit(world.browser, world.url);
    await signIn(visitor.page);
  });
  afterAll(async () => {
    expect(await visitor.wrongs()).toEqual([]);
    await world.stop();
  });

  it('shows the first of 1,000 jobs without the others, and those when one scrolls to them', async () => {
    const { page } = visitor;
    await page.getByRole('link', { name: 'recording 1000.mp4' }).waitFor();
    expect(await page.locator('.job').count()).toBeLessThan(150);
    const worst = Math.max(...(await page.evaluate(scrollToTheEnd, 'recording 0001.mp4')));
    expect(await page.locator('.job').count()).toBe(JOBS + 1);
    console.log(`1,000 jobs: the longest time between two pictures while scrolling: ${worst.toFixed(0)} ms`);
  });

  it('opens a transcript of 20,000 words, searches in it, and follows the sound', async () => {
    const { page } = visitor;
    const opened = await page.evaluate(openJob, { id: jobId, sentences: WORDS / 20 });
    console.log(`a transcript of 20,000 words opened in ${opened.toFixed(0)} ms`);
    expect(await page.locator('.sentence').count()).toBe(WORDS / 20);

    await page.getByRole('searchbox').fill('marker777');
    expect(await page.locator('.count').textContent()).toBe('1 of 1');
    const found = page.locator('.sentence').nth(777);
    await expectInView(found);
    await found.getByText('marker777').click();
    await page.locator('.sentence[aria-current] .now', { hasText: 'marker777' }).waitFor();
    // The next sentence begins seven seconds later; it is lit, and brought into view, without anybody doing anything.
    await page.locator('.sentence[aria-current]', { hasText: 'marker778' }).waitFor();
    await expectInView(page.locator('.sentence').nth(778));
  });

  it('brings what was found into view on a phone, where sentences are higher than was guessed', async () => {
    const other = await visit(world.browser, world.url, { viewport: phone });
    await signIn(other.page);
    await other.page.evaluate(openJob, { id: jobId, sentences: WORDS / 20 });
    for (const number of [777, 12, 400]) {
      await other.page.getByRole('searchbox').fill(`marker${number}`);
      await other.page.evaluate(untilPainted);
      await other.page.evaluate(untilPainted);
      await expectInView(other.page.locator('.sentence').nth(number));
    }
    await other.leave();
  });

  async function expectInView(row: Locator): Promise<void> {
    const [inner, outer] = [await row.boundingBox(), await row.locator('..').boundingBox()];
    if (inner === null || outer === null) throw new Error('it is not shown');
    expect(inner.y).toBeGreaterThanOrEqual(outer.y - 1);
    expect(inner.y + inner.height).toBeLessThanOrEqual(outer.y + outer.height + 1);
  }
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { accessibilityFaults } from '../../support/web/axe.ts';
import { describeInBrowser } from '../../support/web/describe-in-browser.ts';
import { overflow, untilPainted } from '../../support/web/in-page.mjs';
import { longMp3, longTranscript } from '../../support/web/long-talk.ts';
import { choose, desktop, phone, signIn, visit } from '../../support/web/visitor.ts';
import { startWebWorld, type WebWorld } from '../../support/web/world.ts';

/** What may be loaded before the page can be used, compressed, in bytes. */
const FIRST_LOAD = 150_000;

describeInBrowser('every view', () => {
  let world: WebWorld;
  let talk: string;
  beforeAll(async () => {
    world = await startWebWorld({ TRANSCRIBER: 'none', MAX_STORED_PER_USER: '1GB' });
    await world.seed.jobs(3);
    talk = await world.seed.recording('talk.mp4', await longMp3(world.folder, 60), longTranscript(200, 60));
    await world.client.fetch('/webhooks', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url: 'https://example.org/hook' }),
    });
  });
  afterAll(() => world.stop());

  const views: [string, (page: Page) => Promise<unknown>][] = [
    ['the list', (page) => page.getByRole('link', { name: 'recording 0001.mp4' }).waitFor()],
    [
      'the list with a refused file, options open',
      async (page) => {
        await page.getByText('Options').click();
        await choose(page, { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('a text') });
        await page.getByText(/^Not uploaded/).waitFor();
      },
    ],
    [
      'a recording',
      async (page) => {
        await page.getByRole('link', { name: 'talk.mp4' }).click();
        await page.locator('.sentence').last().waitFor();
        await page.getByText('Transcribe again').click();
        await page.getByRole('searchbox').fill('river');
        await page.locator('.sentence').first().getByText('marker0').click();
        await page.locator('.now').waitFor();
        await page.getByRole('button', { name: 'Pause' }).click();
      },
    ],
    [
      'a recording that failed',
      async (page) => {
        await page.getByRole('link', { name: 'recording 0001.mp4' }).click();
        await page.locator('.notice').waitFor();
      },
    ],
    [
      'a deletion',
      async (page) => {
        await page.getByRole('button', { name: 'Delete recording 0002.mp4' }).click();
        await page.getByRole('button', { name: 'Undo' }).waitFor();
      },
    ],
    [
      'the account',
      async (page) => {
        await page.getByRole('link', { name: 'Account' }).click();
        await page.getByText('https://example.org/hook', { exact: true }).waitFor();
        await page.getByRole('meter', { name: 'Storage' }).waitFor();
      },
    ],
  ];

  const screens: [string, BrowserContextOptions][] = [
    ['light, desktop', { viewport: desktop, colorScheme: 'light' }],
    ['dark, desktop', { viewport: desktop, colorScheme: 'dark' }],
    ['light, phone', { viewport: phone, colorScheme: 'light', hasTouch: true }],
    ['dark, phone', { viewport: phone, colorScheme: 'dark', hasTouch: true }],
  ];

  describe.each(screens)('%s', (_name, options) => {
    it('can be used by everybody, keeps to its policy, and fits the window', async () => {
      const visitor = await visit(world.browser, world.url, options);
      const { page } = visitor;
      await page.getByLabel('E-mail address').waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await signIn(page);
      for (const [name, open] of views) {
        await page.getByRole('link', { name: 'clipscribe' }).click();
        await open(page);
        expect({ name, faults: await accessibilityFaults(page) }).toEqual({ name, faults: [] });
        expect({ name, overflow: await page.evaluate(overflow) }).toEqual({ name, overflow: 0 });
        if (name === 'a deletion') await page.getByRole('button', { name: 'Undo' }).click();
      }
      expect(await visitor.wrongs()).toEqual([]);
      await visitor.leave();
    });
  });

  /** With what comes last in each. */
  it.each([
    ['the login', '', '.primary'],
    ['the list', '#/', '.job'],
    ['a recording', '#/jobs/ID', '.version'],
    ['the account', '#/account', '.webhook'],
  ])('does not move while it is loaded: %s', async (name, hash, last) => {
    for (const viewport of [desktop, phone]) {
      const visitor = await visit(world.browser, world.url, { viewport });
      if (name !== 'the login') {
        await signIn(visitor.page);
        await visitor.page.goto(`${world.url}/${hash.replace('ID', talk)}`);
        await visitor.page.reload();
      }
      await visitor.page.locator(last).last().waitFor();
      await visitor.page.evaluate(untilPainted);
      expect(await visitor.shifts()).toEqual([]);
      await visitor.leave();
    }
  });

  it('is small, and comes from here alone', async () => {
    const visitor = await visit(world.browser, 'about:blank');
    const sizes: number[] = [];
    visitor.page.on('response', (answer) => {
      void answer
        .request()
        .sizes()
        .then(({ responseBodySize, responseHeadersSize }) => {
          sizes.push(responseBodySize + responseHeadersSize);
        });
    });
    await visitor.page.goto(world.url);
    const usable = visitor.page.getByRole('button', { name: 'Sign in' });
    await usable.waitFor();
    const ms = await visitor.page.evaluate(() => performance.now());
    await visitor.page.waitForLoadState('networkidle');
    const total = sizes.reduce((sum, size) => sum + size, 0);
    expect(sizes.length).toBeGreaterThanOrEqual(4);
    expect(total).toBeGreaterThan(10_000);
    expect(total).toBeLessThan(FIRST_LOAD);
    console.log(
      `first load: ${sizes.length} requests, ${total} bytes; usable ${ms.toFixed(0)} ms after it was opened`,
    );
    await visitor.leave();
  });

  it('is the text of before for those who are no browsers', async () => {
    const answer = await fetch(world.url);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await answer.text()).toContain('POST /login');
  });
});

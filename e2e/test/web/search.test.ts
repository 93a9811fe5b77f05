import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { accessibilityFaults } from '../../support/web/axe.ts';
import { describeInBrowser } from '../../support/web/describe-in-browser.ts';
import { overflow, typeAtOnce, untilPainted } from '../../support/web/in-page.mjs';
import { desktop, phone, signIn, visit, type Visitor } from '../../support/web/visitor.ts';
import { startWebWorld, type WebWorld } from '../../support/web/world.ts';

/** More than a page of them. */
const JOBS = 60;

describeInBrowser('a search among the recordings, in a browser', () => {
  let world: WebWorld;
  let visitor: Visitor;
  let page: Page;
  let field: Locator;
  beforeAll(async () => {
    world = await startWebWorld({ TRANSCRIBER: 'none' });
  });
  beforeEach(async () => {
    visitor = await visit(world.browser, world.url);
    ({ page } = visitor);
    field = page.getByRole('search').getByRole('searchbox', { name: 'Search recordings by name' });
    await signIn(page);
  });
  afterEach(async () => {
    const wrongs = await visitor.wrongs();
    await visitor.leave();
    expect(wrongs).toEqual([]);
  });
  afterAll(() => world.stop());

  /** Uploads a file of this name, which is no recording: its job fails. @returns the id of the job */
  async function upload(name: string): Promise<string> {
    const content = (): Readable => Readable.from([Buffer.from('none')]);
    const [job] = await world.client.upload([{ name, bytes: 4, content }]);
    return job?.id ?? '';
  }

  const link = (name: string): Locator => page.getByRole('link', { name, exact: true });
  const said = (text: string): Locator => page.locator('section').getByRole('status').getByText(text);

  /** What was asked of the gateway with a search, from now on. */
  function searches(): URLSearchParams[] {
    const seen: URLSearchParams[] = [];
    page.on('request', (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname === '/jobs' && searchParams.has('search')) seen.push(searchParams);
    });
    return seen;
  }

  it('is offered once there is a recording', async () => {
    await page.getByRole('heading', { name: 'Nothing here yet' }).waitFor();
    expect(await field.count()).toBe(0);
    await upload('Été à Paris.mp4');
    await link('Été à Paris.mp4').waitFor();
    await field.waitFor();
    await world.seed.jobs(JOBS);
  });

  it('asks the server once for what was typed, and says what it has come to', async () => {
    const seen = searches();
    await link('recording 0060.mp4').waitFor();
    await field.evaluate(typeAtOnce, 'RECORDING 003');
    await said('10 recordings found.').waitFor();
    expect(await page.locator('.job').count()).toBe(10);
    expect(seen.map((query) => query.get('search'))).toEqual(['RECORDING 003']);
  });

  it('finds in any case, of letters with accents too, and at once with Enter', async () => {
    await field.fill('ÉTÉ À');
    await field.press('Enter');
    await said('1 recording found.').waitFor();
    await link('Été à Paris.mp4').waitFor();
    expect(await page.locator('.job').count()).toBe(1);
  });

  it('says that nothing is called so, and shows all of them when it is cleared', async () => {
    await field.fill('100 %_');
    await said('No recording is called “100 %_”.').waitFor();
    expect(await page.locator('.job').count()).toBe(0);
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await link('recording 0060.mp4').waitFor();
    expect(await page.locator('.job').count()).toBeGreaterThanOrEqual(50);
    expect(await field.inputValue()).toBe('');
    expect(await page.locator('input:focus').getAttribute('aria-label')).toBe('Search recordings by name');
  });

  it('loads further pages of what was found when they come near', async () => {
    const seen = searches();
    await link('recording 0060.mp4').waitFor();
    await field.fill('ording 00');
    await page.locator('.job').last().scrollIntoViewIfNeeded();
    await said(`${JOBS} recordings found.`).waitFor();
    await link('recording 0001.mp4').waitFor();
    expect(await page.locator('.job').count()).toBe(JOBS);
    expect(seen.map((query) => [query.get('search'), query.has('cursor')])).toEqual([
      ['ording 00', false],
      ['ording 00', true],
    ]);
  });

  it('follows what happens to recordings of that name, and shows no others', async () => {
    await field.fill('été');
    await said('1 recording found.').waitFor();
    const winter = await upload('winter.mp4');
    await world.client.ended(winter);
    const second = await upload('ÉTÉ deux.mp4');
    await link('ÉTÉ deux.mp4').waitFor();
    await page.locator('.job', { hasText: 'ÉTÉ deux.mp4' }).getByText('Failed', { exact: true }).waitFor();
    expect(await page.locator('.job-name').allTextContents()).toEqual(['ÉTÉ deux.mp4', 'Été à Paris.mp4']);
    await said('2 recordings found.').waitFor();
    await world.client.fetch(`/jobs/${second}`, { method: 'DELETE' });
    await said('1 recording found.').waitFor();
    await field.fill('');
    await link('winter.mp4').waitFor();
    expect(await link('ÉTÉ deux.mp4').count()).toBe(0);
  });

  it('shows the answer to the last question, whichever comes last', async () => {
    await field.waitFor();
    let answer = (): void => undefined;
    const released = new Promise<void>((resolve) => (answer = resolve));
    await page.route(/search=slow/, async (route) => {
      await released;
      await route.continue();
    });
    const asked = page.waitForRequest(/search=slow/);
    await field.fill('slow');
    await asked;
    await field.fill('winter');
    await said('1 recording found.').waitFor();
    const late = page.waitForResponse(/search=slow/);
    answer();
    await (await late).finished();
    await page.evaluate(untilPainted);
    expect(await page.locator('.job-name').allTextContents()).toEqual(['winter.mp4']);
  });

  it('shows what came while the answer was on its way', async () => {
    await field.waitFor();
    let send = (): void => undefined;
    const released = new Promise<void>((resolve) => (send = resolve));
    let answered = (): void => undefined;
    const isAnswered = new Promise<void>((resolve) => (answered = resolve));
    await page.route(/search=snow/, async (route) => {
      const response = await route.fetch();
      answered();
      await released;
      await route.fulfill({ response });
    });
    await field.fill('snow');
    await isAnswered;
    await upload('Snowfall.mp4');
    await link('Snowfall.mp4').waitFor();
    send();
    await said('1 recording found.').waitFor();
    expect(await page.locator('.job-name').allTextContents()).toEqual(['Snowfall.mp4']);
  });

  it('tells when the server refuses, and tries again', async () => {
    await field.waitFor();
    const refusal = { code: 'BUSY', detail: 'Too much to do just now.' };
    await page.route(/search=/, (route) => route.fulfill({ status: 503, json: refusal }));
    await field.fill('winter');
    await page.getByText(refusal.detail).waitFor();
    await page.unroute(/search=/);
    await page.getByRole('button', { name: 'Try again', exact: true }).click();
    await said('1 recording found.').waitFor();
  });

  it('is as it was for those who come back from a recording', async () => {
    await field.fill('winter');
    await said('1 recording found.').waitFor();
    await link('winter.mp4').click();
    await page.getByRole('heading', { name: 'winter.mp4' }).waitFor();
    await page.goBack();
    await link('winter.mp4').waitFor();
    expect(await field.inputValue()).toBe('winter');
    expect(await page.locator('.job').count()).toBe(1);
  });

  describe.each([
    ['light, desktop', { viewport: desktop, colorScheme: 'light' }],
    ['dark, phone', { viewport: phone, colorScheme: 'dark', hasTouch: true }],
  ] as const)('%s', (_name, options) => {
    it('can be used by everybody, fits the window, and moves nothing', async () => {
      const other = await visit(world.browser, world.url, options);
      await signIn(other.page);
      const status = other.page.locator('section').getByRole('status');
      await other.page.getByRole('link', { name: 'recording 0060.mp4' }).waitFor();
      for (const [text, outcome] of [
        ['recording 000', '9 recordings found.'],
        ['x'.repeat(200), `No recording is called “${'x'.repeat(200)}”.`],
        ['winter', '1 recording found.'],
      ] as const) {
        await other.page.getByRole('searchbox').fill(text);
        await status.getByText(outcome).waitFor();
        await other.page.evaluate(untilPainted);
        expect({ text, faults: await accessibilityFaults(other.page) }).toEqual({ text, faults: [] });
        expect({ text, overflow: await other.page.evaluate(overflow) }).toEqual({ text, overflow: 0 });
      }
      expect(await other.shifts()).toEqual([]);
      expect(await other.wrongs()).toEqual([]);
      await other.leave();
    });
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Transcript } from '@clipscribe/contracts';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../../support/web/describe-in-browser.ts';
import { cutOff, marked, selectAllIn, styleOf } from '../../support/web/in-page.mjs';
import { longMp3 } from '../../support/web/long-talk.ts';
import { signIn, visit, type Visitor } from '../../support/web/visitor.ts';
import { startWebWorld, type WebWorld } from '../../support/web/world.ts';

function transcript(language: string, texts: readonly string[]): Transcript {
  const segments = texts.map((text, index) => ({ start: index * 2, end: index * 2 + 2, text }));
  return { v: 1, engine: 'test', model: null, language, durationSeconds: 60, segments };
}

const texts = ['Café, naïve.', 'This phrase goes', 'over two sentences.', 'x'.repeat(400)];

describeInBrowser('the text of a recording', () => {
  let world: WebWorld;
  let visitor: Visitor;
  let page: Page;
  let talk: string;
  let arabic: string;
  beforeAll(async () => {
    world = await startWebWorld({ TRANSCRIBER: 'none' });
    const mp3 = await longMp3(world.folder, 60);
    const long = Array.from({ length: 60 }, (_, index) => `Sentence ${index}.`);
    talk = await world.seed.recording('talk.mp4', mp3, transcript('fr', [...texts, ...long]));
    arabic = await world.seed.recording('محاضرة.mp4', mp3, transcript('ar', ['مرحبا، هذا اختبار.']));
  });
  beforeEach(async () => {
    visitor = await visit(world.browser, world.url);
    ({ page } = visitor);
    await signIn(page);
  });
  afterEach(async () => {
    expect(await visitor.wrongs()).toEqual([]);
    await visitor.leave();
  });
  afterAll(() => world.stop());

  const search = () => page.getByRole('searchbox', { name: 'Search in the transcript' });
  const open = async (id: string): Promise<void> => {
    await page.goto(`${world.url}/#/jobs/${id}`);
    await page.locator('.sentence').first().waitFor();
  };

  it('is searched without accents, and over the borders of sentences', async () => {
    await open(talk);
    await search().fill('CAFE, nai');
    expect(await page.evaluate(marked)).toEqual(['Café, naï']);
    await search().fill('goes over');
    expect(await page.locator('.count').textContent()).toBe('1 of 1');
    expect((await page.evaluate(marked))[0]).toMatch(/^goes\D*\d:\d\d over$/);
  });

  it('has its marks and their number in another version, too', async () => {
    const versions = [2, 1].map((version) => ({
      version,
      state: 'done',
      progress: 1,
      fileId: `file-${version}`,
      options: {},
      createdAt: '2026-01-01T00:00:00.000Z',
      links: {},
    }));
    await page.route(/\/transcripts$/, (route) => route.fulfill({ json: { transcripts: versions } }));
    await page.route(/\/transcripts\/1\?/, (route) =>
      route.fulfill({ json: transcript('en', ['One sentence alone.']) }),
    );
    await open(talk);
    await search().fill('sentence');
    for (let times = 0; times < 5; times += 1) await search().press('Enter');
    await page.getByText('6 of 61').waitFor();
    await page.getByRole('button', { name: /Version 1/ }).click();
    await page.getByText('1 of 1').waitFor();
    expect(await page.evaluate(marked)).toEqual(['sentence']);
  });

  it('is in its language, and in the direction of that', async () => {
    await open(arabic);
    const said = page.locator('.said').first();
    expect(await said.getAttribute('lang')).toBe('ar');
    expect(await page.evaluate(styleOf, { selector: '.said', property: 'direction' })).toBe('rtl');
    await page.getByRole('link', { name: 'clipscribe' }).click();
    await page.getByRole('link', { name: 'محاضرة.mp4' }).waitFor();
    // It is the newest one, and the first.
    expect(await page.evaluate(styleOf, { selector: '.job-name', property: 'direction' })).toBe('rtl');
  });

  it('shows words of any length', async () => {
    await open(talk);
    expect(await page.evaluate(cutOff, '.sentence')).toEqual([]);
  });

  it('is copied without the times', async () => {
    await open(talk);
    const lines = (await page.evaluate(selectAllIn, '.text')).split(/\n+/);
    expect(lines.slice(0, 3)).toEqual(texts.slice(0, 3));
  });

  it('is printed as a whole', async () => {
    await open(talk);
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate(cutOff, '.text, .transcript')).toEqual([]);
    expect(await page.getByRole('button').count()).toBe(0);
  });

  it('shows its place in the colors of those who have their own', async () => {
    await page.emulateMedia({ forcedColors: 'active' });
    await open(talk);
    await page.locator('.sentence').nth(1).getByText('phrase').click();
    await page.locator('.now', { hasText: 'phrase' }).waitFor();
    const style = (selector: string, property: string): Promise<string> =>
      page.evaluate(styleOf, { selector, property });
    expect(await style('.sentence[aria-current]', 'outline-style')).toBe('solid');
    const [word, back] = [await style('.now', 'background-color'), await style('html', 'background-color')];
    expect(word).not.toBe('rgba(0, 0, 0, 0)');
    expect(word).not.toBe(back);
  });

  it('is not told to be empty while it is loaded', async () => {
    let letList: (value: unknown) => void = () => undefined;
    let letText: (value: unknown) => void = () => undefined;
    const list = new Promise((resolve) => (letList = resolve));
    const text = new Promise((resolve) => (letText = resolve));
    await page.route(/\/jobs\?/, (route) => list.then(() => route.continue()));
    await page.route(/\/events$/, (route) => list.then(() => route.continue()));
    await page.route(/\/transcript\?/, (route) => text.then(() => route.continue()));
    await page.route(new RegExp(`/jobs/${talk}$`), async (route) => {
      const job = (await (await route.fetch()).json()) as { links: Record<string, unknown> }; // jobViewSchema
      const links = { ...job.links, transcript: undefined };
      await route.fulfill({ json: { ...job, links, state: 'transcribing' } });
    });
    await page.goto(`${world.url}/#/jobs/${talk}`);
    await page.reload();
    await page.getByText('Transcribing', { exact: true }).first().waitFor();
    const asked = page.waitForRequest(/\/transcript\?/);
    letList(null);
    await asked;
    expect(await page.getByText('The transcript is empty.').count()).toBe(0);
    letText(null);
    await page.locator('.sentence').first().waitFor();
  });
});

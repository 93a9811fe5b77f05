import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../../support/web/describe-in-browser.ts';
import { longMp3, longTranscript } from '../../support/web/long-talk.ts';
import { signIn, visit, type Visitor } from '../../support/web/visitor.ts';
import { startWebWorld, type WebWorld } from '../../support/web/world.ts';

const SECONDS = 60;
const audio = /\/audio$/;

describeInBrowser('the sound, when it cannot be loaded', () => {
  let world: WebWorld;
  let visitor: Visitor;
  let page: Page;
  let job: string;
  beforeAll(async () => {
    world = await startWebWorld({ TRANSCRIBER: 'none' });
    const mp3 = await longMp3(world.folder, SECONDS);
    job = await world.seed.recording('talk.mp4', mp3, longTranscript(200, SECONDS));
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

  /** Clicks on a word at the end of the text, which is to be heard from there. */
  async function clickLastMarker(): Promise<void> {
    await page.locator('.sentence').last().getByText('marker9').click();
  }

  async function expectPlaying(): Promise<void> {
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.locator('.sentence[aria-current] .now', { hasText: 'marker9' }).waitFor();
    // The next words: it goes on from there, and not from its start.
    await page.locator('.sentence').last().locator('.now:not(:first-child)').waitFor();
    expect(await page.getByText('The sound cannot be loaded at the moment.').count()).toBe(0);
  }

  it('says so, and is tried again at the next wish to hear it', async () => {
    await page.route(audio, (route) => route.fulfill({ status: 503 }));
    await page.goto(`${world.url}/#/jobs/${job}`);
    await page.getByText('The sound cannot be loaded at the moment.').waitFor();
    await page.unroute(audio);
    await clickLastMarker();
    await expectPlaying();
  });

  it('goes on by itself when the connection is back', async () => {
    const lost = /\/(audio|media-cookie|healthz)$/;
    await page.route(lost, (route) => route.abort('internetdisconnected'));
    await page.goto(`${world.url}/#/jobs/${job}`);
    await page.getByText('No connection. Uploads wait, and go on by themselves.').waitFor();
    await clickLastMarker();
    await page.getByText('The sound cannot be loaded at the moment.').waitFor();
    await page.unroute(lost);
    await expectPlaying();
  });
});

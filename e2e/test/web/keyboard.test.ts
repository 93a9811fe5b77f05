import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { soon } from '../../support/soon.ts';
import { describeInBrowser } from '../../support/web/describe-in-browser.ts';
import { longMp3, longTranscript } from '../../support/web/long-talk.ts';
import { choose, signIn, visit, type Visitor } from '../../support/web/visitor.ts';
import { startWebWorld, type WebWorld } from '../../support/web/world.ts';

const JOBS = 30;

describeInBrowser('the page, by keyboard and by ear', () => {
  let world: WebWorld;
  let visitor: Visitor;
  let page: Page;
  let talk: string;
  beforeAll(async () => {
    world = await startWebWorld({ TRANSCRIBER: 'none' });
    talk = await world.seed.recording('talk.mp4', await longMp3(world.folder, 60), longTranscript(200, 60));
    await world.seed.jobs(JOBS);
  });
  beforeEach(async () => {
    visitor = await visit(world.browser, world.url);
    ({ page } = visitor);
    await signIn(page);
    await row('recording 0030.mp4').waitFor();
  });
  afterEach(async () => {
    expect(await visitor.wrongs()).toEqual([]);
    await visitor.leave();
  });
  afterAll(() => world.stop());

  const row = (name: string) => page.getByRole('link', { name });
  const focused = (): Promise<string | null> => page.locator(':focus').textContent();
  const scrolled = (): Promise<number> => page.evaluate('Math.round(scrollY)');
  const expectTitle = (title: string): Promise<void> => soon(async () => (await page.title()) === title);
  const openTalk = async (): Promise<void> => {
    await page.goto(`${world.url}/#/jobs/${talk}`);
    await page.locator('.sentence').last().waitFor();
  };

  it('has a name for each view, and takes the keyboard along to it', async () => {
    await expectTitle('Recordings · clipscribe');
    expect(await page.locator('main:focus').count()).toBe(1);
    await page.getByRole('link', { name: 'Account' }).press('Enter');
    await page.getByRole('heading', { name: 'Account' }).waitFor();
    await expectTitle('Account · clipscribe');
    expect(await page.locator('main:focus').count()).toBe(1);
    await page.getByRole('link', { name: 'Administration' }).press('Enter');
    await page.getByRole('link', { name: 'Dead letters' }).press('Enter');
    await expectTitle('Dead letters · clipscribe');
    await openTalk();
    await expectTitle('talk.mp4 · clipscribe');
    await page.getByRole('link', { name: 'Account' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expectTitle('Sign in · clipscribe');
  });

  it('is where it was when somebody comes back to the list', async () => {
    const link = row('recording 0003.mp4');
    await link.focus();
    const before = await scrolled();
    expect(before).toBeGreaterThan(500);
    await link.press('Enter');
    await page.getByRole('heading', { name: 'recording 0003.mp4' }).waitFor();
    expect(await scrolled()).toBe(0);
    await page.goBack();
    await link.waitFor();
    expect(await focused()).toBe('recording 0003.mp4');
    expect(Math.abs((await scrolled()) - before)).toBeLessThan(100);
  });

  it('goes on in the next row after a deletion, which Ctrl+Z undoes', async () => {
    await page.getByRole('button', { name: 'Delete recording 0029.mp4' }).press('Enter');
    await row('recording 0029.mp4').waitFor({ state: 'detached' });
    const next = page.locator('.job', { hasText: 'recording 0028.mp4' });
    expect(await next.locator(':focus').count()).toBe(1);
    await page.keyboard.press('Control+z');
    await row('recording 0029.mp4').waitFor();
    expect(await page.getByRole('button', { name: 'Undo' }).count()).toBe(0);
    // In a field it belongs to what was typed.
    await page.getByRole('button', { name: 'Delete recording 0029.mp4' }).press('Enter');
    await page.getByRole('searchbox').press('Control+z');
    await page.getByRole('button', { name: 'Undo' }).press('Enter');
    await row('recording 0029.mp4').waitFor();
    expect(await page.locator('input:focus').count()).toBe(1);
  });

  it('waits for somebody who is about to undo a deletion', async () => {
    await page.clock.install();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.method()));
    await page.getByRole('button', { name: 'Delete recording 0029.mp4' }).press('Enter');
    const undo = page.getByRole('button', { name: 'Undo' });
    await undo.focus();
    await page.clock.runFor(60_000);
    expect(await undo.count()).toBe(1);
    await page.getByRole('searchbox').focus();
    await undo.hover();
    await page.clock.runFor(60_000);
    expect(asked).not.toContain('DELETE');
    await undo.click();
    await row('recording 0029.mp4').waitFor();
  });

  it('gives a second deletion all of its time, after the first was undone', async () => {
    await page.clock.install();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.method()));
    const remove = page.getByRole('button', { name: 'Delete recording 0029.mp4' });
    await remove.press('Enter');
    await page.clock.runFor(5000);
    await page.keyboard.press('Control+z');
    await remove.press('Enter');
    // By now the time of the first one would be over.
    await page.clock.runFor(4000);
    expect(asked).not.toContain('DELETE');
    await page.getByRole('button', { name: 'Undo' }).click();
    await row('recording 0029.mp4').waitFor();
  });

  it('stays at a recording that is tried again', async () => {
    await page.getByRole('button', { name: 'Try recording 0030.mp4 again' }).press('Enter');
    await page.getByRole('button', { name: 'Try recording 0030.mp4 again' }).waitFor({ state: 'detached' });
    expect(await focused()).toBe('recording 0030.mp4');
  });

  it('tells of uploads and of recordings that have ended', async () => {
    const told = page.locator('#app > [role=status]');
    await choose(page, { name: 'odd.mp4', mimeType: 'video/mp4', buffer: randomBytes(1000) });
    await told.getByText(/^odd\.mp4 is uploaded\.$|^odd\.mp4: Failed\.$/).waitFor({ state: 'attached' });
    await told.getByText('odd.mp4: Failed.').waitFor({ state: 'attached' });
  });

  it('leaves keys with Alt to the browser', async () => {
    await openTalk();
    const slider = page.getByRole('slider', { name: 'Place in the recording' });
    await slider.press('ArrowRight');
    await slider.press('Alt+ArrowRight');
    expect(await slider.getAttribute('aria-valuenow')).toBe('5');
  });

  it('goes on from the sentence that was clicked', async () => {
    await openTalk();
    await page
      .locator('.sentence')
      .nth(3)
      .locator('.said')
      .click({ position: { x: 600, y: 10 } });
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toContain('marker4');
    await page.keyboard.press('Enter');
    await page.locator('.sentence[aria-current]', { hasText: 'marker4' }).waitFor();
  });

  it('tells what is wrong at the field that it is about', async () => {
    const other = await visit(world.browser, world.url);
    const password = other.page.getByLabel('Password');
    await other.page.getByLabel('E-mail address').fill('nobody@example.org');
    await password.fill('nothing of that kind');
    await other.page.getByRole('button', { name: 'Sign in' }).click();
    await other.page.getByText('The e-mail address or the password is wrong.').waitFor();
    expect(await password.getAttribute('aria-invalid')).toBe('true');
    expect(await other.page.locator('input:focus').getAttribute('name')).toBe('password');
    const reason = (await password.getAttribute('aria-describedby')) ?? '';
    expect(await other.page.locator(`[id="${reason}"]`).textContent()).toMatch(/wrong/);
    await other.leave();
  });
});

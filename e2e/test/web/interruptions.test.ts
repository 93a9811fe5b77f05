import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { JobView } from '@clipscribe/contracts';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../../support/web/describe-in-browser.ts';
import { scrollToTheEnd, storedToken } from '../../support/web/in-page.mjs';
import { Line } from '../../support/web/line.ts';
import { longMp3, longTranscript } from '../../support/web/long-talk.ts';
import { signIn, visit, type Visitor } from '../../support/web/visitor.ts';
import { startWebWorld, type WebWorld } from '../../support/web/world.ts';
import { adminPassword } from '../../support/suite-process.ts';

describeInBrowser('what is interrupted in a browser', () => {
  let world: WebWorld;
  let line: Line;
  let visitor: Visitor;
  let page: Page;
  beforeAll(async () => {
    world = await startWebWorld({ TRANSCRIBER: 'none' });
  });
  beforeEach(async () => {
    await world.seed.jobs(3);
    line = await Line.to(world.url);
    visitor = await visit(world.browser, line.url);
    ({ page } = visitor);
    await signIn(page);
    await row('recording 0001.mp4').waitFor();
  });
  afterEach(async () => {
    const wrongs = await visitor.wrongs();
    await visitor.leave();
    await line.close();
    for (const { id } of await jobs()) await deleteJob(id);
    expect(wrongs).toEqual([]);
  });
  afterAll(() => world.stop());

  const row = (name: string) => page.getByRole('link', { name });
  const deleteJob = (id: string) => world.client.fetch(`/jobs/${id}`, { method: 'DELETE' });

  /** Newest first. */
  async function jobs(): Promise<JobView[]> {
    return ((await (await world.client.fetch('/jobs?limit=100')).json()) as { jobs: JobView[] }).jobs; // jobListSchema
  }

  async function idOf(name: string): Promise<string> {
    return (await jobs()).find(({ source }) => source.name === name)?.id ?? '';
  }

  async function endLogin(): Promise<void> {
    const authorization = `Bearer ${await page.evaluate(storedToken)}`;
    const answer = await fetch(`${world.url}/logout`, { method: 'POST', headers: { authorization } });
    expect(answer.status).toBe(204);
  }

  async function signInAgain(): Promise<void> {
    await page.getByRole('heading', { name: 'Sign in again' }).waitFor();
    await page.getByLabel('Password').fill(adminPassword);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'Sign in again' }).waitFor({ state: 'detached' });
  }

  /** Resolves when the page has asked for this and got that answer. */
  function answered(method: string, path: string, status: number): Promise<unknown> {
    return page.waitForResponse(
      (answer) =>
        answer.request().method() === method &&
        new URL(answer.url()).pathname === path &&
        answer.status() === status,
    );
  }

  it('the stream of events: what changed meanwhile is there without a reload', async () => {
    const broken = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/events'));
    line.cutEvents();
    await broken;
    // The oldest, one in the middle, and a new one.
    await deleteJob(await idOf('recording 0001.mp4'));
    await deleteJob(await idOf('recording 0002.mp4'));
    await world.seed.recording('new.mp4', await longMp3(world.folder, 2), longTranscript(20, 2));
    expect(await row('new.mp4').count()).toBe(0);
    line.mend();
    await row('new.mp4').waitFor();
    await row('recording 0002.mp4').waitFor({ state: 'detached' });
    await row('recording 0001.mp4').waitFor({ state: 'detached' });
    await row('recording 0003.mp4').waitFor();
    // And it is followed again.
    await deleteJob(await idOf('recording 0003.mp4'));
    await row('recording 0003.mp4').waitFor({ state: 'detached' });
  });

  it('the stream of events: what was deleted far below is gone too, where more was loaded than one page', async () => {
    await world.seed.jobs(60);
    await page.reload();
    await row('recording 0060.mp4').waitFor();
    await page.evaluate(scrollToTheEnd, 'recording 0001.mp4');
    const rows = page.locator('.job');
    expect(await rows.count()).toBe(63);
    const broken = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/events'));
    line.cutEvents();
    await broken;
    const ids = (await jobs()).map(({ id }) => id);
    const deleted = [0, 20, 55, 62].map((place) => ids[place] ?? '');
    for (const id of deleted) await deleteJob(id);
    line.mend();
    for (const id of deleted) await page.locator(`a[href="#/jobs/${id}"]`).waitFor({ state: 'detached' });
    expect(await rows.count()).toBe(59);
  });

  it('a deletion, by the end of the login: it goes on after signing in again', async () => {
    const id = await idOf('recording 0002.mp4');
    const refused = answered('DELETE', `/jobs/${id}`, 401);
    const done = answered('DELETE', `/jobs/${id}`, 204);
    await page.getByRole('button', { name: 'Delete recording 0002.mp4' }).click();
    await endLogin();
    await refused;
    await signInAgain();
    await done;
    expect((await jobs()).map(({ source }) => source.name)).toEqual([
      'recording 0003.mp4',
      'recording 0001.mp4',
    ]);
    // A list that was asked for before may have had it once more; the stream then tells that it is gone.
    await row('recording 0002.mp4').waitFor({ state: 'detached' });
  });

  it('the opening of a recording, by the end of the login: it is there after signing in again', async () => {
    const id = await world.seed.recording('talk.mp4', await longMp3(world.folder, 2), longTranscript(20, 2));
    const refused = answered('GET', `/jobs/${id}`, 401);
    await endLogin();
    await page.goto(`${line.url}/#/jobs/${id}`);
    await refused;
    await signInAgain();
    await page.getByRole('heading', { name: 'talk.mp4' }).waitFor();
    await page.locator('.sentence', { hasText: 'marker0' }).waitFor();
    await page.getByRole('button', { name: 'Play' }).waitFor();
  });
  it('the service of accounts: that is said in place of the list, which then comes by itself', async () => {
    const all = /\/(jobs|events|me)(\?.*)?$/;
    const detail = 'Accounts cannot be checked at the moment.';
    await page.route(all, (route) => route.fulfill({ status: 503, json: { status: 503, detail } }));
    await page.goto(`${line.url}/#/admin`);
    await page.reload();
    await page.getByText('Loading …').waitFor();
    await page.getByRole('link', { name: 'Recordings' }).click();
    await page.getByText(`${detail} It is tried again by itself.`).waitFor();
    await page.unroute(all);
    await row('recording 0001.mp4').waitFor();
    expect(await page.getByText(detail).count()).toBe(0);
    await page.getByRole('link', { name: 'Administration' }).waitFor();
  });

  it('a recording, by a service that is away: it is there when that is tried again', async () => {
    const id = await idOf('recording 0001.mp4');
    const job = new RegExp(`/jobs/${id}$`);
    await page.route(/\/jobs\?/, () => undefined);
    await page.route(job, (route) => route.fulfill({ status: 503, json: { detail: 'Not now.' } }));
    await page.goto(`${line.url}/#/jobs/${id}`);
    await page.reload();
    await page.getByText('Not now.').waitFor();
    await page.unroute(job);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'recording 0001.mp4' }).waitFor();
  });

  it('the look at a recording, by its deletion elsewhere: that is said', async () => {
    await row('recording 0002.mp4').click();
    await page.getByRole('heading', { name: 'recording 0002.mp4' }).waitFor();
    await deleteJob(await idOf('recording 0002.mp4'));
    await page.getByText('This recording has been deleted.').waitFor();
    expect(await page.getByRole('button', { name: /recording 0002/ }).count()).toBe(0);
  });

  it('downloads, by the end of the login: they go on after signing in again', async () => {
    const id = await world.seed.recording('talk.mp4', await longMp3(world.folder, 2), longTranscript(20, 2));
    await page.goto(`${line.url}/#/jobs/${id}`);
    await page.locator('.sentence').first().waitFor();
    await endLogin();
    const cookie = answered('POST', `/jobs/${id}/media-cookie`, 204);
    await signInAgain();
    await cookie;
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Plain text' }).click(),
    ]);
    expect(await readFile(await download.path(), 'utf8')).toContain('marker0');
  });

  it.each([-1, 1])('time, by a clock that is wrong by days: %p', async (days) => {
    const other = await visit(world.browser, world.url);
    await other.page.clock.install({ time: Date.now() + days * 86_400_000 });
    await other.page.reload();
    await signIn(other.page);
    const [first] = await jobs();
    const facts = other.page.locator('.job', { hasText: first?.source.name ?? '' }).locator('time');
    await facts.getByText('just now').waitFor();
    await other.page.clock.runFor(3 * 60_000);
    await facts.getByText('3 minutes ago').waitFor();
    await other.leave();
  });
});

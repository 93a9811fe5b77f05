import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { JobView } from '@clipscribe/contracts';
import type { Page } from 'playwright-core';
import { soon } from '../../support/soon.ts';
import { describeInBrowser } from '../../support/web/describe-in-browser.ts';
import { draggedFile, letGo, storedToken } from '../../support/web/in-page.mjs';
import { Line } from '../../support/web/line.ts';
import { choose, signIn, visit, type Visitor } from '../../support/web/visitor.ts';
import { startWebWorld, type WebWorld } from '../../support/web/world.ts';

const MIB = 2 ** 20;

describeInBrowser('uploads in a browser', () => {
  let world: WebWorld;
  let line: Line;
  const lines: Line[] = [];
  let visitor: Visitor;
  let page: Page;
  let file: string;
  let sha256: string;
  beforeAll(async () => {
    world = await startWebWorld({ TRANSCRIBER: 'none' });
    file = join(world.folder, 'talk.mp4');
    const bytes = randomBytes(24 * MIB);
    sha256 = createHash('sha256').update(bytes).digest('hex');
    await writeFile(file, bytes);
  });
  beforeEach(async () => {
    line = await Line.to(world.url);
    lines.push(line);
    visitor = await visit(world.browser, line.url);
    ({ page } = visitor);
    await signIn(page);
  });
  afterEach(async () => {
    const wrongs = await visitor.wrongs();
    await visitor.leave();
    for (const { id } of await jobs()) await world.client.fetch(`/jobs/${id}`, { method: 'DELETE' });
    expect(wrongs).toEqual([]);
  });
  afterAll(async () => {
    for (const opened of lines) await opened.close();
    await world.stop();
  });

  async function jobs(): Promise<JobView[]> {
    return ((await (await world.client.fetch('/jobs')).json()) as { jobs: JobView[] }).jobs; // jobListSchema
  }

  /** The bytes are random: the job fails, for the reason that it is no recording, when all of them were received. */
  async function expectReceived(): Promise<void> {
    await page.locator('.job').getByText('Failed', { exact: true }).waitFor({ timeout: 60_000 });
    await page.getByText('This is not a video or sound file that can be read.').waitFor();
    const [job, ...others] = await jobs();
    expect(others).toEqual([]);
    await soon(async () => (await jobs())[0]?.source.sha256 !== undefined);
    expect(job?.source).toMatchObject({ name: 'talk.mp4', bytes: 24 * MIB });
    expect((await jobs())[0]?.source.sha256).toBe(sha256);
  }

  /** Offsets at which the page has gone on. */
  function offsets(): number[] {
    const seen: number[] = [];
    page.on('request', (request) => {
      if (request.method() === 'PATCH') seen.push(Number(request.headers()['upload-offset']));
    });
    return seen;
  }

  it('go on by themselves after a dropped connection, which is shown', async () => {
    const seen = offsets();
    const held = line.holdAfter(8 * MIB);
    await choose(page, file);
    await held;
    line.cut();
    await page.getByText('No connection. Uploads wait, and go on by themselves.').waitFor();
    await page.getByText(/Waiting for the connection/).waitFor();
    line.mend();
    await expectReceived();
    expect(seen.at(-1)).toBeGreaterThan(0);
    expect(await page.getByText('No connection.').count()).toBe(0);
  });

  it('pause and go on when told so', async () => {
    const seen = offsets();
    const held = line.holdAfter(8 * MIB);
    await choose(page, file);
    await held;
    await page.getByRole('button', { name: 'Pause the upload of talk.mp4' }).press('Enter');
    await page.getByText(/^Paused, /).waitFor();
    line.mend();
    // The keyboard is still there.
    expect(await page.locator(':focus').getAttribute('aria-label')).toBe('Go on with the upload of talk.mp4');
    await page.keyboard.press('Enter');
    await expectReceived();
    expect(seen.at(-1)).toBeGreaterThan(0);
  });

  it('go on after a reload, when the same file is chosen again', async () => {
    const held = line.holdAfter(8 * MIB);
    await choose(page, file);
    await held;
    await page.reload();
    line.mend();
    await page.getByText(/^Interrupted, .*Choose the file again to go on\.$/).waitFor();
    const seen = offsets();
    await choose(page, file);
    await expectReceived();
    expect(seen[0]).toBeGreaterThan(0);
    expect(await page.locator('.upload').count()).toBe(0);
  });

  it('are given up for good', async () => {
    const held = line.holdAfter(8 * MIB);
    await choose(page, file);
    await held;
    line.mend();
    const ended = page.waitForResponse((answer) => answer.request().method() === 'DELETE');
    await page.getByRole('button', { name: 'Give up the upload of talk.mp4' }).click();
    expect((await ended).status()).toBe(204);
    await page.reload();
    await page.getByRole('heading', { name: 'Nothing here yet' }).waitFor();
    expect(await jobs()).toEqual([]);
  });

  it('ask to sign in again when the login has ended, and then go on', async () => {
    const token = await page.evaluate(storedToken);
    const held = line.holdAfter(8 * MIB);
    await choose(page, file);
    await held;
    const logout = { method: 'POST', headers: { authorization: `Bearer ${token}` } };
    expect((await fetch(`${world.url}/logout`, logout)).status).toBe(204);
    line.cut();
    line.mend();
    const asked = page.getByRole('heading', { name: 'Sign in again' });
    await asked.waitFor({ timeout: 60_000 });
    // There is no way around it.
    for (let times = 0; times < 3; times += 1) await page.keyboard.press('Escape');
    await asked.waitFor();
    await page.getByLabel('Password').fill('lanterns over nine quiet harbours');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expectReceived();
  });

  it('send many files, two at a time', async () => {
    const names = ['one.mp4', 'two.mp4', 'three.mp4', 'four.mp4'];
    const files = names.map((name) => ({ name, mimeType: 'video/mp4', buffer: randomBytes(MIB) }));
    let open = 0;
    let most = 0;
    page.on('request', (request) => {
      if (request.method() === 'PATCH') most = Math.max(most, (open += 1));
    });
    page.on('requestfinished', (request) => {
      if (request.method() === 'PATCH') open -= 1;
    });
    await choose(page, files);
    for (const name of names) await page.getByRole('link', { name }).waitFor();
    expect(most).toBe(2);
    expect(await jobs()).toHaveLength(4);
  });

  it('that failed are tried again', async () => {
    await choose(page, { name: 'odd.mp4', mimeType: 'video/mp4', buffer: randomBytes(1000) });
    await page.getByText('This is not a video or sound file that can be read.').waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Try odd.mp4 again' }).click();
    await soon(async () => (await jobs())[0]?.run === 2);
    await page.getByText('This is not a video or sound file that can be read.').waitFor({ timeout: 60_000 });
  });

  it('are dropped onto the page', async () => {
    const data = await page.evaluateHandle(draggedFile, 'dropped.mp4');
    await page.locator('body').dispatchEvent('dragover', { dataTransfer: data });
    await page.getByText('Let go to upload').waitFor();
    await page.locator('body').dispatchEvent('drop', { dataTransfer: data });
    await page.getByRole('link', { name: 'dropped.mp4' }).waitFor();
  });
  it('take text into fields, and no folders', async () => {
    const input = { selector: 'body', isFile: false };
    expect(await page.evaluate(letGo, { ...input, type: 'drop' })).toBe(false);
    const folder = join(world.folder, 'My folder');
    await mkdir(folder);
    const debug = await visitor.context.newCDPSession(page);
    const data = { items: [], files: [folder], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await debug.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
    await page.getByText('Not uploaded. This is a folder, or a file that cannot be read.').waitFor();
  });

  it('are the only thing that files are dropped for', async () => {
    const file = { selector: 'body', isFile: true };
    await page.getByRole('link', { name: 'Account' }).click();
    await page.getByRole('heading', { name: 'Account' }).waitFor();
    for (const type of ['dragover', 'drop'])
      expect({ type, kept: await page.evaluate(letGo, { ...file, type }) }).toEqual({ type, kept: true });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    for (const type of ['dragover', 'drop'])
      expect({ type, kept: await page.evaluate(letGo, { ...file, type }) }).toEqual({ type, kept: true });
  });

  it('that are under way are not left without a question', async () => {
    const asked: string[] = [];
    page.on('dialog', (dialog) => {
      asked.push(dialog.type());
      void dialog.accept();
    });
    await page.reload();
    expect(asked).toEqual([]);
    const held = line.holdAfter(8 * MIB);
    await choose(page, file);
    await held;
    // Browsers ask those alone who have touched the page.
    await page.locator('.upload-name').click();
    await page.reload();
    expect(asked).toEqual(['beforeunload']);
    line.mend();
  });

  it('of a file that was changed meanwhile say so, and can be given up', async () => {
    const changing = join(world.folder, 'changing.mp4');
    await writeFile(changing, randomBytes(24 * MIB));
    const held = line.holdAfter(4 * MIB);
    await choose(page, changing);
    await held;
    await writeFile(changing, randomBytes(1000));
    line.cut();
    line.mend();
    await page.getByText(/^The file has been changed, moved or deleted/).waitFor();
    await page.getByRole('button', { name: 'Give up the upload of changing.mp4' }).click();
  });
});

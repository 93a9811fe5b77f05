import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../../support/web/describe-in-browser.ts';
import { marked } from '../../support/web/in-page.mjs';
import { choose, sample, signIn, visit, type Visitor } from '../../support/web/visitor.ts';
import { startWebWorld, type WebWorld } from '../../support/web/world.ts';

/** The time at which the player stands, in seconds. */
function place(page: Page): Promise<number> {
  return page
    .getByRole('slider', { name: 'Place in the recording' })
    .getAttribute('aria-valuenow')
    .then((value) => Number(value));
}

describeInBrowser('the way of one video, in a browser', () => {
  let world: WebWorld;
  let visitor: Visitor;
  let page: Page;
  beforeAll(async () => {
    world = await startWebWorld();
    visitor = await visit(world.browser, world.url);
    ({ page } = visitor);
  });
  afterAll(async () => {
    expect(await visitor.wrongs()).toEqual([]);
    await world.stop();
  });

  it('refuses a wrong password in words, and lets in with the right one', async () => {
    await page.getByLabel('E-mail address').fill('admin@clipscribe.local');
    await page.getByLabel('Password').fill('not the password at all');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The e-mail address or the password is wrong.').waitFor();
    await signIn(page);
    await page.getByRole('heading', { name: 'Nothing here yet' }).waitFor();
  });

  it('refuses what is no recording before it is uploaded, and says why', async () => {
    await choose(page, [
      { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('a text') },
      { name: 'renamed.mp4', mimeType: 'video/mp4', buffer: Buffer.from('%PDF-1.7 and so on') },
      { name: 'nothing.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(0) },
    ]);
    await page.getByText('Not uploaded. This is a text, neither video nor sound.').waitFor();
    await page.getByText('Not uploaded. This is a PDF, neither video nor sound.').waitFor();
    await page.getByText('Not uploaded. The file is empty.').waitFor();
    for (const name of ['notes.txt', 'renamed.mp4', 'nothing.mp4']) {
      await page.getByRole('button', { name: `Close the note about ${name}` }).click();
    }
    await page.getByRole('heading', { name: 'Nothing here yet' }).waitFor();
    expect(await (await world.client.fetch('/jobs')).json()).toMatchObject({ jobs: [] });
  });

  it('uploads the sample, shows how far it is, and that it is done', async () => {
    await choose(page, sample);
    await page.getByRole('progressbar', { name: 'Progress of hello.mp4' }).waitFor();
    await page.locator('.badge', { hasText: 'Done' }).waitFor({ timeout: 100_000 });
    await page.getByRole('link', { name: 'hello.mp4' }).click();
    await page.getByRole('heading', { name: 'hello.mp4' }).waitFor();
  });

  it('plays in step with the text', async () => {
    await page.getByText('history').waitFor();
    await page.getByRole('button', { name: 'Play' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.locator('.sentence[aria-current]').waitFor();
    await page.locator('.now').waitFor();
  });

  it('jumps to a word that is clicked, and lights its sentence', async () => {
    await page.getByRole('button', { name: 'Pause' }).click();
    const last = page.locator('.sentence').last();
    await last.getByText('evening', { exact: true }).click();
    await page.locator('.sentence[aria-current] .now', { hasText: 'evening' }).waitFor();
    expect(await last.getAttribute('aria-current')).toBe('true');
    expect(await place(page)).toBeGreaterThan(7);
    await page.getByRole('button', { name: /Play|Pause/ }).waitFor();
  });

  it('moves by keys: in the sound, and from sentence to sentence', async () => {
    const slider = page.getByRole('slider', { name: 'Place in the recording' });
    await slider.press('Home');
    expect(await place(page)).toBe(0);
    await slider.press('ArrowRight');
    expect(await place(page)).toBe(5);
    await page.locator('.sentence').first().press('ArrowDown');
    expect(await page.locator('.sentence:focus').textContent()).toContain('water');
    await page.locator('.sentence:focus').press('Enter');
    await page.locator('.sentence[aria-current]', { hasText: 'water' }).waitFor();
  });

  it('finds words, over the borders of words too', async () => {
    const search = page.getByRole('searchbox', { name: 'Search in the transcript' });
    await search.fill('the');
    expect(await page.locator('.count').textContent()).toMatch(/^1 of [3-9]$/);
    await page.getByRole('button', { name: 'Next place' }).click();
    expect(await page.locator('.count').textContent()).toMatch(/^2 of /);
    await search.fill('OF THE CITY');
    expect(await page.locator('.count').textContent()).toBe('1 of 1');
    expect(await page.evaluate(marked)).toEqual(['of the city']);
    await search.fill('submarine');
    expect(await page.locator('.count').textContent()).toBe('Not found');
  });

  it('hands out every format, byte by byte as the API does', async () => {
    const [job] = ((await (await world.client.fetch('/jobs')).json()) as { jobs: { id: string }[] }).jobs; // jobListSchema
    const wanted = [
      ['Sound (MP3)', 'hello.mp3', 'audio'],
      ['Plain text', 'hello.txt', 'transcript?format=txt'],
      ['Subtitles (SRT)', 'hello.srt', 'transcript?format=srt'],
      ['Subtitles (WebVTT)', 'hello.vtt', 'transcript?format=vtt'],
      ['With times (JSON)', 'hello.json', 'transcript?format=json'],
      ['Table (TSV)', 'hello.tsv', 'transcript?format=tsv'],
    ] as const;
    for (const [label, name, path] of wanted) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: label }).click(),
      ]);
      expect(download.suggestedFilename()).toBe(name);
      const answer = await world.client.fetch(`/jobs/${job?.id ?? ''}/${path}`);
      expect(await readFile(await download.path())).toEqual(Buffer.from(await answer.arrayBuffer()));
    }
  });

  it('makes another version of the transcript, and shows either', async () => {
    await page.getByText('Transcribe again').click();
    await page.locator('aside').getByLabel('Language').selectOption('English');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('button', { name: /Version 2/, pressed: true }).waitFor({ timeout: 100_000 });
    await page.getByRole('button', { name: /Version 1/ }).click();
    await page.getByRole('button', { name: /Version 1/, pressed: true }).waitFor();
    await page.getByText('history').waitFor();
  });

  it('deletes, unless that is undone', async () => {
    await page.getByRole('button', { name: 'Delete hello.mp4' }).click();
    await page.getByRole('heading', { name: 'Nothing here yet' }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('link', { name: 'hello.mp4' }).waitFor();
    await page.getByRole('button', { name: 'Delete hello.mp4' }).click();
    const gone = page.waitForResponse((answer) => answer.request().method() === 'DELETE');
    expect((await gone).status()).toBe(204);
    expect(await (await world.client.fetch('/jobs')).json()).toMatchObject({ jobs: [] });
    await page.reload();
    await page.getByRole('heading', { name: 'Nothing here yet' }).waitFor();
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId, type AddedUser } from '@clipscribe/contracts';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { accessibilityFaults } from '../../support/web/axe.ts';
import { deadLettersOf, makeDeadLetters } from '../../support/web/dead-letters.ts';
import { describeInBrowser } from '../../support/web/describe-in-browser.ts';
import { soon } from '../../support/soon.ts';
import { overflow, untilPainted } from '../../support/web/in-page.mjs';
import { Line } from '../../support/web/line.ts';
import { desktop, phone, signIn, visit, type Visitor } from '../../support/web/visitor.ts';
import { startWebWorld, type WebWorld } from '../../support/web/world.ts';

/** More than a page of the list. */
const ACCOUNTS = 60;
const ada = 'ada@example.org';

describeInBrowser('administration, in a browser', () => {
  let world: WebWorld;
  let visitor: Visitor;
  let page: Page;
  /** Of Ada's account. */
  let password: string;
  beforeAll(async () => {
    world = await startWebWorld({ TRANSCRIBER: 'none' });
    for (let number = 1; number <= ACCOUNTS; number += 1) {
      await addAccount(`person${String(number).padStart(2, '0')}@example.org`);
    }
    visitor = await visit(world.browser, world.url);
    ({ page } = visitor);
    await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await signIn(page);
    await page.getByRole('link', { name: 'Administration' }).click();
  });
  afterAll(async () => {
    expect(await visitor.wrongs()).toEqual([]);
    await world.stop();
  });

  async function addAccount(email: string): Promise<AddedUser> {
    const answer = await world.client.fetch('/admin/users', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email }),
    });
    return (await answer.json()) as AddedUser; // addedUserSchema
  }

  const row = (email: string) => page.locator('.user', { hasText: email });
  const find = (text: string) => page.getByRole('searchbox', { name: 'Search in addresses' }).fill(text);

  /** Tries to sign in, as somebody else at another browser. */
  async function tryToSignIn(email: string, word: string): Promise<Visitor> {
    const other = await visit(world.browser, world.url);
    await other.page.getByLabel('E-mail address').fill(email);
    await other.page.getByLabel('Password').fill(word);
    await other.page.getByRole('button', { name: 'Sign in' }).click();
    return other;
  }

  async function expectLetIn(email: string, word: string): Promise<void> {
    const other = await tryToSignIn(email, word);
    await other.page.getByRole('button', { name: 'Choose files' }).waitFor();
    await other.leave();
  }

  async function expectShutOut(email: string, word: string): Promise<void> {
    const other = await tryToSignIn(email, word);
    await other.page.getByText('The e-mail address or the password is wrong.').waitFor();
    await other.leave();
  }

  describe('users', () => {
    it('are listed from the oldest on, further ones as one scrolls to them', async () => {
      await row('admin@clipscribe.local').getByText('Administrator · added').waitFor();
      await row('person01@example.org').getByText('Active').waitFor();
      expect(await page.locator('.user').count()).toBeLessThan(ACCOUNTS);
      await page.locator('.user').last().scrollIntoViewIfNeeded();
      await row(`person${ACCOUNTS}@example.org`).waitFor();
      expect(await page.locator('.user').count()).toBe(ACCOUNTS + 1);
      expect(await page.getByText('Loading more').count()).toBe(0);
    });

    it('are searched by the server', async () => {
      await find('ERSON5');
      await row('person01@example.org').waitFor({ state: 'detached' });
      expect(await page.locator('.user').count()).toBe(10);
      await page.getByText('10 accounts', { exact: true }).waitFor();
      await find('nobody');
      await page.getByText('None has “nobody” in its address.').waitFor();
    });

    it('cannot do to themselves what would shut them out', async () => {
      await find('clipscribe.local');
      await row('admin@clipscribe.local').getByText('This is you').waitFor();
      expect(await page.locator('.user').getByRole('button').count()).toBe(0);
    });

    it('are added, with a password that is shown once and copied', async () => {
      await find('');
      await page.getByRole('button', { name: 'Add account' }).click();
      await page.getByLabel('E-mail address').fill('person01@example.org');
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page
        .getByRole('dialog')
        .getByRole('alert')
        .filter({ hasText: 'There is an account of' })
        .waitFor();
      await page.getByLabel('E-mail address').fill(ada);
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByRole('heading', { name: 'The account is added' }).waitFor();
      password = await page.getByLabel('New password').inputValue();
      await page.getByRole('button', { name: 'Copy' }).click();
      await page.getByText('Copied.').waitFor();
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(password);
      await page.getByRole('button', { name: 'Done' }).click();
      expect(await page.locator('dialog[open]').count()).toBe(0);
      expect(await page.locator(':focus').textContent()).toBe('Add account');
      await expectLetIn(ada, password);
    });

    it('are added as administrators', async () => {
      await page.getByRole('button', { name: 'Add account' }).click();
      await page.getByLabel('E-mail address').fill('second@example.org');
      await page.getByLabel('As administrator').check();
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByRole('button', { name: 'Done' }).click();
      await find('second@');
      await row('second@example.org').getByText('Administrator').waitFor();
    });

    it('are disabled, after which they cannot sign in, and enabled', async () => {
      await find(ada);
      await page.getByRole('button', { name: `Disable ${ada}` }).click();
      await row(ada).getByText('Disabled').waitFor();
      await expectShutOut(ada, password);
      await page.getByRole('button', { name: `Enable ${ada}` }).click();
      await row(ada).getByText('Active').waitFor();
      await expectLetIn(ada, password);
    });

    it('get another password, when that is confirmed', async () => {
      const reset = page.getByRole('button', { name: `Reset password of ${ada}` });
      await reset.click();
      await page.getByRole('button', { name: 'Cancel' }).click();
      await expectLetIn(ada, password);
      await reset.click();
      await page.getByRole('button', { name: 'Reset', exact: true }).click();
      await page.getByRole('heading', { name: 'The password is reset' }).waitFor();
      const next = await page.getByLabel('New password').inputValue();
      await page.getByRole('button', { name: 'Done' }).click();
      expect(next).not.toBe(password);
      await expectShutOut(ada, password);
      await expectLetIn(ada, next);
      password = next;
    });

    it('who are no administrators see neither link nor data', async () => {
      const other = await visit(world.browser, world.url);
      const asked: string[] = [];
      other.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      await signIn(other.page, ada, password);
      await other.page.goto(`${world.url}/#/admin/dead-letters`);
      await other.page.getByRole('heading', { name: 'This page is for administrators' }).waitFor();
      expect(await other.page.getByRole('link', { name: 'Administration' }).count()).toBe(0);
      expect(asked.filter((path) => path.startsWith('/admin'))).toEqual([]);
      expect(await accessibilityFaults(other.page)).toEqual([]);
      await other.page.getByRole('link', { name: 'your recordings' }).click();
      await other.page.getByRole('heading', { name: 'Nothing here yet' }).waitFor();
      expect(await other.wrongs()).toEqual([]);
      await other.leave();
    });
  });

  describe('dead letters', () => {
    const jobId = newId();
    const failed = { v: 1, jobId, audioFileId: null, transcriptFileId: null, outcome: 'failed' };
    const letters = () => page.locator('.letter');
    const queue = () => page.getByRole('combobox', { name: 'Queue' });
    const refresh = () => page.getByRole('button', { name: 'Refresh' }).click();

    async function expectLetters(count: number): Promise<void> {
      await letters().nth(count).waitFor({ state: 'detached' });
      if (count > 0)
        await letters()
          .nth(count - 1)
          .waitFor();
    }

    it('are not there as long as everything works', async () => {
      await page.getByRole('link', { name: 'Dead letters' }).click();
      await page.getByRole('heading', { name: 'No dead letters' }).waitFor();
    });

    it('are shown with their queue, reason, recording and message', async () => {
      await makeDeadLetters(world, 'video', ['this is no <b>message</b>']);
      await makeDeadLetters(world, 'mp3', [JSON.stringify(failed)]);
      await makeDeadLetters(world, 'webhook', ['{"v":2,"odd":12345678901234567890}']);
      await refresh();
      await expectLetters(3);
      const [video, mp3, webhook] = [letters().nth(0), letters().nth(1), letters().nth(2)];
      await video.getByText('Conversion (video) · just now').waitFor();
      await video.getByText('the message cannot be read').waitFor();
      expect(await video.getByRole('link').count()).toBe(0);
      await video.getByText('Message', { exact: true }).click();
      await video.getByText('this is no <b>message</b>').waitFor();
      await webhook.getByText('Message', { exact: true }).click();
      const told = '{\n  "v": 2,\n  "odd": 12345678901234567890\n}';
      expect(await webhook.getByRole('region', { name: 'The message' }).textContent()).toBe(told);
      await mp3.getByText(`there is no job ${jobId}`).waitFor();
      await mp3.getByRole('link', { name: 'The recording' }).click();
      await page.getByText('You have no job with this id.').waitFor();
      await page.goBack();
      await expectLetters(3);
    });

    it('are shown by queue', async () => {
      await queue().selectOption('Mails (mp3)');
      await expectLetters(1);
      await queue().selectOption('Transcription (transcribe)');
      await page.getByRole('heading', { name: 'No dead letters' }).waitFor();
      await queue().selectOption('All queues');
      await expectLetters(3);
    });

    it('are tried again; as poisonous as before, they come back', async () => {
      const [before] = await deadLettersOf(world.client);
      await letters().first().getByRole('button', { name: 'Try again' }).click();
      await page.getByText('The message is handled again. If that fails, it comes back here.').waitFor();
      await expectLetters(2);
      await soon(async () =>
        (await deadLettersOf(world.client)).some(({ body, id }) => body === before?.body && id !== before.id),
      );
      await refresh();
      await expectLetters(3);
      await letters().last().getByText('Conversion (video)').waitFor();
    });

    it('are discarded, unless that is undone; the keyboard goes on in the next one', async () => {
      const discard = letters().first().getByRole('button', { name: 'Discard' });
      await discard.click();
      await expectLetters(2);
      await page.getByRole('button', { name: 'Undo' }).click();
      await expectLetters(3);
      const gone = page.waitForResponse((answer) => answer.request().method() === 'DELETE');
      await discard.press('Enter');
      await expectLetters(2);
      expect(await letters().first().locator(':focus').textContent()).toBe('Try again');
      expect((await gone).status()).toBe(204);
      await soon(async () => (await deadLettersOf(world.client)).length === 2);
      await refresh();
      await expectLetters(2);
    });

    it('that somebody else has discarded are told to be gone', async () => {
      const [first] = await deadLettersOf(world.client);
      await world.client.fetch(`/admin/dead-letters/${first?.id ?? ''}`, { method: 'DELETE' });
      await letters().first().getByRole('button', { name: 'Try again' }).click();
      await page.getByText('The message was not there any more.').waitFor();
      await expectLetters(1);
    });

    it('are told to be more than are shown, and tried again all at once', async () => {
      const bodies = Array.from({ length: 54 }, (_, number) => `poison ${number}`);
      await makeDeadLetters(world, 'video', bodies);
      await refresh();
      await expectLetters(50);
      await page.getByText('There are more; these are the oldest.').waitFor();
      const first = new Set((await deadLettersOf(world.client)).slice(0, 50).map(({ id }) => id));
      await page.getByRole('button', { name: 'Try all again' }).click();
      await page.getByText('50 messages are handled again.').waitFor();
      await soon(async () => {
        const now = await deadLettersOf(world.client);
        return now.length === 55 && now.every(({ id }) => !first.has(id));
      }, 60_000);
    });
  });

  const screens: [string, BrowserContextOptions][] = [
    ['light, desktop', { viewport: desktop, colorScheme: 'light' }],
    ['dark, desktop', { viewport: desktop, colorScheme: 'dark' }],
    ['light, phone', { viewport: phone, colorScheme: 'light', hasTouch: true }],
    ['dark, small phone', { viewport: { width: 320, height: 640 }, colorScheme: 'dark', hasTouch: true }],
  ];

  describe('its views', () => {
    beforeAll(() => makeDeadLetters(world, 'video', ['seen on every screen']));

    it.each(screens)('can be used by everybody, and fits the window: %s', async (_name, options) => {
      const other = await visit(world.browser, world.url, options);
      const { page: seen } = other;
      const expectFit = async (name: string): Promise<void> => {
        expect({ name, faults: await accessibilityFaults(seen) }).toEqual({ name, faults: [] });
        expect({ name, overflow: await seen.evaluate(overflow) }).toEqual({ name, overflow: 0 });
      };
      await signIn(seen);
      await seen.getByRole('link', { name: 'Administration' }).click();
      await seen.getByText('person01@example.org').waitFor();
      await expectFit('users');
      await seen.getByRole('button', { name: 'Add account' }).click();
      await expectFit('a new account');
      await seen.keyboard.press('Escape');
      await seen.getByRole('button', { name: 'Reset password of person02@example.org' }).click();
      await expectFit('a question');
      await seen.getByRole('button', { name: 'Reset', exact: true }).click();
      await seen.getByLabel('New password').waitFor();
      await expectFit('a new password');
      await seen.getByRole('button', { name: 'Done' }).click();
      await seen.getByRole('link', { name: 'Dead letters' }).click();
      await seen.locator('.letter').first().getByText('Message', { exact: true }).click();
      await seen.locator('.letter pre').first().waitFor();
      await expectFit('dead letters');
      expect(await other.wrongs()).toEqual([]);
      await other.leave();
    });

    it('come by themselves when a lost connection is back', async () => {
      const line = await Line.to(world.url);
      const other = await visit(world.browser, line.url);
      await signIn(other.page);
      await other.page.getByRole('link', { name: 'Administration' }).click();
      await other.page.locator('.user').first().waitFor();
      line.cut();
      await other.page.getByRole('link', { name: 'Dead letters' }).click();
      await other.page.getByRole('alert').filter({ hasText: 'The server cannot be reached.' }).waitFor();
      line.mend();
      await other.page.locator('.letter').first().waitFor();
      expect(await other.page.getByText('The server cannot be reached.').count()).toBe(0);
      expect(await other.wrongs()).toEqual([]);
      await other.leave();
      await line.close();
    });

    it.each([
      ['users', '#/admin', '.user'],
      ['dead letters', '#/admin/dead-letters', '.letter'],
    ])('does not move while it is loaded: %s', async (_name, hash, last) => {
      for (const viewport of [desktop, phone]) {
        const other = await visit(world.browser, world.url, { viewport });
        await signIn(other.page);
        await other.page.goto(`${world.url}/${hash}`);
        await other.page.reload();
        await other.page.locator(last).last().waitFor();
        await other.page.evaluate(untilPainted);
        expect(await other.shifts()).toEqual([]);
        await other.leave();
      }
    });
  });
});

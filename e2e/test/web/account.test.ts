import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../../support/web/describe-in-browser.ts';
import { fillStorage, forbidStorage, storedToken } from '../../support/web/in-page.mjs';
import { signIn, visit, type Visitor } from '../../support/web/visitor.ts';
import { startWebWorld, type WebWorld } from '../../support/web/world.ts';

const email = 'grace@example.org';
const first = 'compilers like green apples';
const second = 'nanoseconds are short wires';

describeInBrowser('an account, in a browser', () => {
  let world: WebWorld;
  let visitor: Visitor;
  let page: Page;
  beforeAll(async () => {
    world = await startWebWorld({ TRANSCRIBER: 'none', REGISTRATION: 'open', MAX_MINUTES_PER_DAY: '60' });
    visitor = await visit(world.browser, world.url);
    ({ page } = visitor);
  });
  afterAll(async () => {
    expect(await visitor.wrongs()).toEqual([]);
    await world.stop();
  });

  it('is made where registration is open; a weak password is refused in words', async () => {
    await page.getByRole('button', { name: 'Create an account' }).click();
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill('short');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page
      .getByText(/at least 12 characters/i)
      .last()
      .waitFor();
    await page.getByLabel('Password').fill(first);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('heading', { name: 'Nothing here yet' }).waitFor();
  });

  it('is not offered where registration is closed', async () => {
    const closed = await startWebWorld({ TRANSCRIBER: 'none' });
    const other = await visit(closed.browser, closed.url);
    const asked = other.page.waitForResponse(/register/);
    await other.page.reload();
    await asked;
    await other.page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await other.page.getByRole('button', { name: 'Create an account' }).count()).toBe(0);
    await closed.stop();
  });

  it('shows what is used and allowed', async () => {
    await page.getByRole('link', { name: 'Account' }).click();
    await page.getByText('0 min of 60 min').waitFor();
    await page.getByText('10 GB').waitFor();
  });

  it('keeps which mails are wanted', async () => {
    const box = page.getByRole('checkbox', { name: 'When a recording is ready' });
    const saved = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
    await box.uncheck();
    expect((await saved).status()).toBe(200);
    await page.reload();
    await page.getByText('0 min of 60 min').waitFor();
    expect(await box.isChecked()).toBe(false);
  });

  it('shows what is kept, where a change is refused', async () => {
    const box = page.getByRole('checkbox', { name: 'When a recording has failed' });
    await page.route(/\/me$/, (route) =>
      route.request().method() === 'PATCH' ? route.fulfill({ status: 503 }) : route.continue(),
    );
    await box.click();
    await page.getByText('The server answered with status 503.').waitFor();
    expect(await box.isChecked()).toBe(true);
    await page.unroute(/\/me$/);
    await page.getByRole('button', { name: 'Close' }).click();
  });

  it('has webhooks: added, refused in words, switched off, shown with their secret, and deleted', async () => {
    await page.getByLabel('New address').fill('http://127.0.0.1/hook');
    await page.getByRole('button', { name: 'Add webhook' }).click();
    await page.locator('[aria-labelledby=webhooks-title] .form-error', { hasText: /./ }).waitFor();
    await page.getByLabel('New address').fill('https://example.org/hook');
    await page.getByRole('button', { name: 'Add webhook' }).click();
    await page.getByText('https://example.org/hook', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Show the secret' }).click();
    const secret = page.locator('.webhook-secret code');
    await secret.waitFor();
    const before = await secret.textContent();
    expect(before).toMatch(/^whsec_/);
    await page.getByRole('button', { name: 'Make a new one' }).click();
    await page
      .locator('.webhook-secret code')
      .filter({ hasNotText: before ?? '' })
      .waitFor();
    await page.getByText('Deliveries').click();
    await page.getByText(/^Nothing was told to this address/).waitFor();
    await page.getByRole('checkbox', { name: 'On' }).uncheck();
    await page.getByRole('button', { name: 'Delete the webhook https://example.org/hook' }).click();
    await page.getByText('https://example.org/hook', { exact: true }).waitFor({ state: 'detached' });
  });

  it('changes its password, and stays signed in', async () => {
    await page.getByLabel('Current password').fill('not this one at all');
    await page.getByLabel('New password').fill(second);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('The current password is wrong.').waitFor();
    await page.getByLabel('Current password').fill(first);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('The password is changed. All other logins have ended.').waitFor();
    await page.reload();
    await page.getByText('0 min of 60 min').waitFor();
  });

  it('is left by signing out, after which the token is worth nothing', async () => {
    const token = await page.evaluate(storedToken);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    const answer = await fetch(`${world.url}/me`, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(401);
  });

  it('is remembered beyond the tab by those alone who ask for it', async () => {
    await signIn(page, email, second);
    const tab = await visitor.context.newPage();
    await tab.goto(world.url);
    await tab.getByRole('button', { name: 'Sign in' }).waitFor();
    await tab.getByLabel('Stay signed in on this device').check();
    await signIn(tab, email, second);
    await tab.close();
    const next = await visitor.context.newPage();
    await next.goto(world.url);
    await next.getByRole('button', { name: 'Choose files' }).waitFor();
  });

  it('can be used where the browser keeps nothing of a site', async () => {
    const other = await visit(world.browser, world.url);
    await other.context.addInitScript(forbidStorage);
    await other.page.reload();
    await signIn(other.page, email, second);
    expect(await other.wrongs()).toEqual([]);
    await other.leave();
  });

  it('can be used where the browser has no room left', async () => {
    const other = await visit(world.browser, world.url);
    await other.context.addInitScript(fillStorage);
    await other.page.reload();
    await signIn(other.page, email, second);
    expect(await other.wrongs()).toEqual([]);
    await other.leave();
  });

  it('is led to the documentation where there are no scripts', async () => {
    const context = await world.browser.newContext({ javaScriptEnabled: false });
    const other = await context.newPage();
    await other.goto(world.url);
    await other.getByRole('link', { name: 'the documentation' }).click();
    expect(new URL(other.url()).pathname).toBe('/docs');
    await context.close();
  });
});

import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { adminEmail, adminPassword } from '../suite-process.ts';
import { shifts, violations, watch } from './in-page.mjs';

export const sample = fileURLToPath(new URL('../../../samples/hello.mp4', import.meta.url));
export const desktop = { width: 1280, height: 800 };
export const phone = { width: 390, height: 844 };

/** Somebody in front of a browser, with what went wrong in it. */
export interface Visitor {
  page: Page;
  context: BrowserContext;
  /** What the page's own policy stopped, what its scripts threw, and what it asked of other hosts. */
  wrongs: () => Promise<string[]>;
  /** What moved by itself while it was looked at (https://web.dev/articles/cls). */
  shifts: () => Promise<string[]>;
  leave: () => Promise<void>;
}

/** Opens the page in a context of its own. */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({ viewport: desktop, reducedMotion: 'reduce', ...options });
  // The machine may have much else to do.
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const wrongs: string[] = [];
  page.on('pageerror', (error) => wrongs.push(`thrown: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(blob|data):/.test(request.url()))
      wrongs.push(`asked: ${request.url()}`);
  });
  await page.addInitScript(watch);
  await page.goto(url);
  return {
    page,
    context,
    wrongs: async () => [...wrongs, ...(await page.evaluate(violations))],
    shifts: () => page.evaluate(shifts),
    leave: () => context.close(),
  };
}

/** Signs in with the form. */
export async function signIn(page: Page, email = adminEmail, password = adminPassword): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Choose files' }).waitFor();
}

/** Chooses files as somebody does. */
export async function choose(page: Page, files: Parameters<Page['setInputFiles']>[1]): Promise<void> {
  await page.getByLabel('Files to upload').setInputFiles(files);
}

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

interface Results {
  violations: { id: string; help: string; nodes: { target: unknown; html: string }[] }[];
}

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds fault with in the page as it is now, a line each. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // Given to the debugger, not to the page: its policy lets no script in.
  await page.evaluate(`${await source}; undefined`);
  const { violations } = await page.evaluate<Results>('axe.run()');
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
}

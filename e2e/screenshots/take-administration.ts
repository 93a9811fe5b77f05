import { newId } from '@clipscribe/contracts';
import { makeDeadLetters } from '../support/web/dead-letters.ts';
import { signIn, visit } from '../support/web/visitor.ts';
import type { WebWorld } from '../support/web/world.ts';
import { photograph } from './camera.ts';

const people = ['ada', 'emil', 'grace', 'katherine', 'margaret', 'radia'].map(
  (name) => `${name}@example.org`,
);
const [, second = ''] = people;

/** Users, one of whom is disabled, and messages that nobody could handle. */
export async function takeAdministration(
  world: WebWorld,
  viewport: { width: number; height: number },
): Promise<void> {
  for (const email of people) {
    const headers = { 'content-type': 'application/json' };
    await world.client.fetch('/admin/users', { method: 'POST', headers, body: JSON.stringify({ email }) });
  }
  await makeDeadLetters(world, 'mp3', [
    JSON.stringify({ v: 1, jobId: newId(), audioFileId: null, transcriptFileId: null, outcome: 'failed' }),
  ]);
  await makeDeadLetters(world, 'video', ['this is no message']);

  const { page, leave } = await visit(world.browser, world.url, { viewport });
  await signIn(page);
  await page.getByRole('link', { name: 'Administration' }).click();
  await page.getByRole('button', { name: `Disable ${second}` }).click();
  await page.getByRole('button', { name: `Enable ${second}` }).waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  await photograph(page, 'administration');
  await page.getByRole('link', { name: 'Dead letters' }).click();
  await page.locator('.letter').first().getByText('Message', { exact: true }).click();
  await photograph(page, 'dead-letters');
  await leave();
}

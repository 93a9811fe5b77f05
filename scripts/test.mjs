/**
 * `npm test`: installs what is missing, then runs the static checks and all tests. The last line is
 * `N passed, N failed`, with the skipped ones added where there are any.
 *
 * `npm test -- packages/contracts` runs only the tests whose path matches, and no static checks.
 */
import { delimiter, dirname } from 'node:path';
import { installDependencies } from './lib/install-dependencies.mjs';
import { ensureMongodbServer } from './lib/mongodb-server.mjs';
import { findNode24 } from './lib/node24.mjs';
import { root } from './lib/root.mjs';
import { runChecks } from './lib/run-checks.mjs';
import { runJest } from './lib/run-jest.mjs';
import { runMain } from './lib/setup-error.mjs';
import { ensurePrograms, installHint } from './lib/system-packages.mjs';
import { Tally } from './lib/tally.mjs';
import { ensureWebPage } from './lib/web-page.mjs';

/** The tests of the packages and services first; then those of the whole suite. */
const projects = ['tests', 'e2e'];

/** The tests speak with flite, listen to recordings that come with PocketSphinx, start servers of their own, and try alerts. */
const wantedPrograms = [
  'ffmpeg',
  'pocketsphinx',
  'flite',
  'pocketsphinx-testdata',
  'mariadb',
  'rabbitmq',
  'promtool',
  'chromium',
];

function heading(text) {
  console.log(`\n== ${text}`);
}

function findMissingPrograms() {
  const missing = ensurePrograms(wantedPrograms);
  if (missing.length > 0) {
    console.log(`clipscribe: without ${missing.join(', ')} some tests cannot run; ${installHint(missing)}`);
  }
  const withoutMongodb = ensureMongodbServer(root);
  if (withoutMongodb !== undefined)
    console.log(`clipscribe: ${withoutMongodb}; until then some tests are skipped`);
  return missing;
}

await runMain(async () => {
  const jestArgs = process.argv.slice(2);
  installDependencies(root);
  const node = findNode24(root);
  const env = {
    ...process.env,
    PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
    // Read by tests that need such a program, to say why they are skipped.
    CLIPSCRIBE_MISSING: findMissingPrograms().join(','),
  };
  await ensureWebPage();
  const total = new Tally();
  if (jestArgs.length === 0) {
    const tell = (text) => console.log(text);
    for (const count of await runChecks({ cwd: root, env, tell })) total.add(count);
  }
  const staticPassed = total.passed + total.failed;
  for (const name of projects) {
    heading(name);
    total.add(await runJest(node, name, jestArgs, env));
  }
  const ranTests = total.passed + total.failed > staticPassed;
  if (!ranTests) console.log('\nNo test was run.');
  console.log(`\n${total}`);
  const isIncomplete = total.skipped > 0 || !ranTests;
  return total.failed > 0 || (process.env.CI === 'true' && isIncomplete) ? 1 : 0;
});

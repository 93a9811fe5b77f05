/** `npm run build:web`: builds the web page if it is missing or older than its sources. Installs what is missing first. */
import { installDependencies } from './lib/install-dependencies.mjs';
import { root } from './lib/root.mjs';
import { runMain } from './lib/setup-error.mjs';
import { ensureWebPage } from './lib/web-page.mjs';

await runMain(async () => {
  installDependencies(root);
  return (await ensureWebPage()) ? 0 : 1;
});

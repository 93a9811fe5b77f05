/** Builds the web page if it is missing or older than its sources: `node packages/web/build/main.mjs`. */
import { ensurePage } from './index.mjs';

console.log((await ensurePage()) ? 'the page has been built' : 'the page is up to date');

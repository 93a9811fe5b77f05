/** For `node --import`: writes down every module that the process loads, one URL a line, in the file MODULES_FILE. */
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

registerHooks({
  load(url, context, nextLoad) {
    appendFileSync(process.env.MODULES_FILE, `${url}\n`);
    return nextLoad(url, context);
  },
});

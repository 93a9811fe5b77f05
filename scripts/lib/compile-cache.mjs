import { join } from 'node:path';

/**
 * Where Node keeps what it made of TypeScript files, so that the next start takes half as long
 * (https://nodejs.org/api/module.html#module-compile-cache). Node looks at the contents of files: nothing in there goes
 * stale, and a folder that cannot be written is left out.
 * @param {string} root the folder of the checkout
 * @param {NodeJS.ProcessEnv} env whose own choice comes first
 */
export function compileCache(root, env = process.env) {
  return {
    NODE_COMPILE_CACHE:
      env.NODE_COMPILE_CACHE ?? join(root, 'node_modules', '.cache', 'clipscribe', 'compiled'),
  };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Node's arguments that start a service: the flags of its own `start` script, and its main file. The script in
 * its package.json is the one place where they stand.
 *
 * @param {string} root the repository's folder
 * @param {string} service the name of a folder in services/
 * @returns {string[]}
 */
export function serviceStart(root, service) {
  const folder = join(root, 'services', service);
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const [, ...words] = scripts.start.split(' ');
  return words.map((word) => (word.endsWith('.ts') ? join(folder, word) : word));
}

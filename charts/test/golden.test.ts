import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { render } from './support/helm.ts';
import { everything, production } from './support/matrix.ts';

/** The default is manifests/. UPDATE_GOLDEN=1 writes them anew; read the difference before you commit it. */
it.each(Object.entries({ production, everything }))('%s is rendered as it was', (name, values) => {
  const path = join(import.meta.dirname, 'golden', `${name}.yaml`);
  const rendered = render(values).replace(/[ \t]+$/gm, '');
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, rendered);
  expect(existsSync(path)).toBe(true);
  expect(rendered).toBe(readFileSync(path, 'utf8'));
});

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAuth, startGateway, type GatewayUnderTest, type TestAuth } from './gateway-harness.ts';

const main = new URL('../src/main.ts', import.meta.url);

/** A process that loads what is imported, and prints the address of each module. */
const loading = (imported: URL): string => `
  import { registerHooks } from 'node:module';
  registerHooks({
    load(url, context, nextLoad) {
      console.log(url);
      return nextLoad(url, context);
    },
  });
  await import(${JSON.stringify(imported.href)});
`;

async function modulesOf(imported: URL): Promise<string[]> {
  const args = ['--input-type=module', '--eval', loading(imported)];
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  // Not the options that the tests themselves are run with.
  const env = { ...process.env, NODE_OPTIONS: '' };
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd, env, maxBuffer: 2 ** 24 });
  return stdout.split('\n');
}

describe('what makes the documents of the API', () => {
  const makesThem = /\/node_modules\/zod-openapi\/|\/src\/openapi\/document\.ts$/;

  it('is not loaded with the gateway', async () => {
    const modules = await modulesOf(main);
    expect(modules.filter((url) => url.endsWith('/gateway/src/routes/docs.ts'))).toHaveLength(1);
    expect(modules.filter((url) => makesThem.test(url))).toEqual([]);
  });

  it('is what is looked for here', async () => {
    const modules = await modulesOf(new URL('../src/openapi/document.ts', import.meta.url));
    expect(modules.filter((url) => makesThem.test(url)).length).toBeGreaterThan(1);
  });
});

describe('the first questions for the documents', () => {
  let auth: TestAuth;
  let gateway: GatewayUnderTest;
  beforeAll(async () => {
    auth = await startAuth();
    gateway = await startGateway(auth);
  });
  afterAll(async () => {
    await gateway.close();
    await auth.close();
  });

  it('may come at once, and have the same answers', async () => {
    const paths = ['/openapi.json', '/docs', '/openapi.json', '/docs', '/docs', '/openapi.json'];
    const answers = await Promise.all(paths.map((path) => gateway.client.get(path).expect(200)));
    const tags = answers.map(({ headers }) => headers['etag']);
    expect(new Set(tags).size).toBe(2);
    const again = await gateway.client.get('/openapi.json').expect(200);
    expect(again.headers['etag']).toBe(tags[0]);
  });
});

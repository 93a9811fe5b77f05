import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ScratchTree } from './scratch-tree.ts';

const REQUIREMENTS = 'packages/private-servers/secantusdb/requirements.txt';
const INSTALLED = 'node_modules/.cache/clipscribe/secantusdb/requirements-sha256';

/** Prints what has to be done, or `undefined` when there is a server. */
const ENSURE = `
import { ensureMongodbServer } from './lib/mongodb-server.mjs';
import { root } from './lib/root.mjs';
console.log(ensureMongodbServer(root));
`;

/** Notes the modules that it is asked to run, and copies itself into the environments that it makes. */
const PYTHON = `
case "$*" in
  *--version) exit 0 ;;
  "-I -c import ensurepip"*) exit \${PYTHON_EXIT:-0} ;;
esac
echo "$*" >> "$CALLS/python"
case "$*" in
  "-I -m venv "*) mkdir -p "$4/bin" && /bin/cp "$0" "$4/bin/python" ;;
  "-I -m pip "*) [ -z "$PIP_FAILS" ] || { echo "no such package"; exit 1; } ;;
esac
`;

let tree: ScratchTree;

beforeEach(async () => {
  tree = await ScratchTree.make();
  await tree.write('scripts/ensure.mjs', ENSURE);
  await tree.write(REQUIREMENTS, 'secantusdb==1 --hash=sha256:1\n');
  await tree.program('python3', PYTHON);
});

afterEach(() => tree.remove());

async function ensure(env: Record<string, string> = {}): Promise<string[]> {
  const { code, lines } = await tree.start('ensure.mjs', [], env).ended;
  expect(code).toBe(0);
  return lines;
}

async function installations(): Promise<number> {
  return (await tree.lines('python')).filter((line) => line.includes('pip install')).length;
}

describe('the server that stands in for MongoDB', () => {
  it('is not installed where there is a mongod', async () => {
    await tree.program('mongod');
    expect(await ensure()).toEqual(['undefined']);
    expect(await tree.lines('python')).toEqual([]);
  });

  it('is installed once, from the pinned hashes, and again when these have changed', async () => {
    expect(await ensure()).toEqual([expect.stringContaining('installing SecantusDB'), 'undefined']);
    expect(await tree.lines(INSTALLED)).toHaveLength(1);
    expect(await ensure()).toEqual(['undefined']);
    expect(await installations()).toBe(1);
    expect((await tree.lines('python')).join('\n')).toMatch(/--require-hashes --only-binary :all: -r \S+txt/);
    await tree.write(REQUIREMENTS, 'secantusdb==2 --hash=sha256:2\n');
    expect(await ensure()).toContain('undefined');
    expect(await installations()).toBe(2);
  });

  it('is installed again when its Python is gone', async () => {
    await ensure();
    await tree.write('node_modules/.cache/clipscribe/secantusdb/bin/python', '#!/bin/sh\nexit 1\n');
    await ensure();
    expect(await installations()).toBe(2);
  });

  it('says what pip said when it cannot be installed, leaves nothing, and tries again', async () => {
    const lines = await ensure({ PIP_FAILS: 'yes' });
    expect(lines).toContain('no such package');
    expect(lines.at(-1)).toMatch(/^no MongoDB: SecantusDB could not be installed/);
    expect(await tree.lines(INSTALLED)).toEqual([]);
    expect((await ensure()).at(-1)).toBe('undefined');
  });

  it('tells in one line what to install where no Python will do', async () => {
    const lines = await ensure({ PYTHON_EXIT: '1' });
    expect(lines).toEqual([expect.stringMatching(/^no MongoDB: .*Python 3\.11 to 3\.13 with venv/)]);
    expect(await tree.lines('python')).toEqual([]);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ScratchTree, type Ended } from './scratch-tree.ts';

/** Stands in for Jest: notes its arguments, and answers with the report that was prepared for the project. */
const JEST = `
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs');
const args = process.argv.slice(2);
const project = args[args.indexOf('--selectProjects') + 1];
appendFileSync(process.env.CALLS + '/jest', args.filter((arg) => !arg.startsWith('--outputFile')).join(' ') + '\\n');
appendFileSync(process.env.CALLS + '/missing', process.env.CLIPSCRIBE_MISSING + '\\n');
const prepared = process.env.CALLS + '/' + project + '.json';
if (!existsSync(prepared)) process.exit(3);
const report = JSON.parse(readFileSync(prepared, 'utf8'));
const output = args.find((arg) => arg.startsWith('--outputFile=')).slice('--outputFile='.length);
writeFileSync(output, JSON.stringify(report));
process.exit(report.exitCode ?? 0);
`;

/** Notes each call; the check named in FAILING fails. */
const NPM = 'echo "$*" >> "$CALLS/npm"; case "$*" in *"check:$FAILING") exit 1;; esac';

let tree: ScratchTree;

beforeEach(async () => {
  tree = await ScratchTree.make();
  await tree.write('package-lock.json', '{}');
  await tree.write('node_modules/.package-lock.json', '{}');
  await tree.write('node_modules/jest/bin/jest.js', JEST);
  await tree.program('npm', NPM);
  for (const name of ['ffmpeg', 'ffprobe', 'flite', 'mongod']) await tree.program(name);
});

afterEach(() => tree.remove());

/** What Jest would report for each project. */
async function prepare(reports: { tests?: object; e2e?: object }): Promise<void> {
  for (const [project, report] of Object.entries(reports))
    await tree.write(`${project}.json`, JSON.stringify(report));
}

function runTests(args: string[] = [], env: Record<string, string> = {}): Promise<Ended> {
  return tree.start('test.mjs', args, { FAILING: 'none', ...env }).ended;
}

describe('npm test', () => {
  it('counts the five static checks and the tests of both projects, in that order', async () => {
    await prepare({ tests: { numPassedTests: 20 }, e2e: { numPassedTests: 3 } });
    const { code, lines } = await runTests();
    expect(lines.at(-1)).toBe('28 passed, 0 failed');
    expect(code).toBe(0);
    expect(lines.filter((line) => line.startsWith('== '))).toEqual(
      ['types', 'lint', 'format', 'boundaries', 'secrets', 'tests', 'e2e'].map((name) => `== ${name}`),
    );
    expect(await tree.lines('jest')).toEqual([
      expect.stringMatching(/^--selectProjects tests /),
      expect.stringMatching(/^--selectProjects e2e /),
    ]);
  });

  it('goes on after a failed check, and ends with 1', async () => {
    await prepare({ tests: { numPassedTests: 1 }, e2e: { numPassedTests: 1 } });
    for (const name of ['lint', 'format']) {
      const { code, lines } = await runTests([], { FAILING: name });
      expect(lines.at(-1)).toBe('6 passed, 1 failed');
      expect(code).toBe(1);
      const verdicts = lines.filter((line) => /^(== \w+|passed|failed)$/.test(line));
      expect(verdicts[verdicts.indexOf(`== ${name}`) + 1]).toBe('failed');
    }
  });

  it('counts failed tests, and test files that could not be run', async () => {
    const tests = { numPassedTests: 5, numFailedTests: 2, numRuntimeErrorTestSuites: 1, exitCode: 1 };
    await prepare({ tests, e2e: { numPassedTests: 1 } });
    const { code, lines } = await runTests();
    expect(lines.at(-1)).toBe('11 passed, 3 failed');
    expect(code).toBe(1);
  });

  it('counts a Jest that breaks off, or fails for a reason of its own, as a failure', async () => {
    await prepare({ tests: { numPassedTests: 5, exitCode: 1 } });
    expect((await runTests()).lines.at(-1)).toBe('10 passed, 2 failed');
  });

  it('puts up with skipped tests and with no tests, but not in CI', async () => {
    await prepare({
      tests: { numPassedTests: 1, numPendingTests: 2, numTodoTests: 1 },
      e2e: { numPassedTests: 1 },
    });
    const skipped = await runTests();
    expect(skipped.lines.at(-1)).toBe('7 passed, 0 failed, 3 skipped');
    expect([skipped.code, (await runTests([], { CI: 'true' })).code]).toEqual([0, 1]);

    await prepare({ tests: { numPassedTests: 0 }, e2e: { numPassedTests: 0 } });
    const none = await runTests(['no/such/test']);
    expect(none.lines.at(-1)).toBe('0 passed, 0 failed');
    expect([none.code, (await runTests(['no/such/test'], { CI: 'true' })).code]).toEqual([0, 1]);
  });

  it('runs only the chosen tests, and no static checks, when it is given paths', async () => {
    await prepare({ tests: { numPassedTests: 4 }, e2e: { numPassedTests: 0 } });
    expect((await runTests(['packages/contracts'])).lines.at(-1)).toBe('4 passed, 0 failed');
    expect(await tree.lines('npm')).toEqual([]);
    expect(await tree.lines('jest')).toEqual(Array(2).fill(expect.stringMatching(/ packages\/contracts$/)));
  });

  it('says which programs are missing, to the reader and to the tests', async () => {
    await prepare({ tests: { numPassedTests: 1 }, e2e: { numPassedTests: 1 } });
    await tree.removeProgram('flite');
    const { lines } = await runTests();
    expect(lines[0]).toMatch(/^clipscribe: without .*\bflite\b.* some tests cannot run; /);
    expect((await tree.lines('missing'))[0]?.split(',')).toContain('flite');
  });
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './root.mjs';
import { killGroup, runInGroup } from './run-in-group.mjs';
import { SetupError } from './setup-error.mjs';

/** ESM in Jest needs Node's vm modules; that they are experimental is no news in every test. */
const NODE_FLAGS = '--experimental-vm-modules --disable-warning=ExperimentalWarning';

/**
 * Runs one project of jest.config.js. Jest reports to the terminal itself; the counts come from its JSON report.
 * Programs that the tests have left running are killed.
 * @param {string} node the Node to run it with
 * @param {string[]} args more arguments for Jest, such as patterns of test paths
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>}
 * @throws SetupError after Ctrl-C
 */
export async function runJest(node, project, args, env) {
  const folder = mkdtempSync(join(tmpdir(), 'clipscribe-jest-'));
  try {
    const report = join(folder, 'report.json');
    const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
    const fixed = ['--selectProjects', project, '--passWithNoTests', '--json', `--outputFile=${report}`];
    const options = {
      cwd: root,
      env: { ...env, NODE_OPTIONS: `${env.NODE_OPTIONS ?? ''} ${NODE_FLAGS}`.trim() },
    };
    const { code, pid, interrupted } = await runInGroup(node, [jest, ...fixed, ...args], options);
    killGroup(pid);
    if (interrupted) throw new SetupError('the tests were stopped');
    return count(report, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A test file that could not be run counts as one failure, and so does a Jest that broke off or gave no report. */
function count(reportPath, exitCode) {
  const report = readReport(reportPath);
  const failed = (report.numFailedTests ?? 0) + (report.numRuntimeErrorTestSuites ?? 0);
  return {
    passed: report.numPassedTests ?? 0,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0),
  };
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return {};
    throw error;
  }
}

import { spawn } from 'node:child_process';
import { npmCommand } from './install-dependencies.mjs';

/** The static checks, in the order in which they are told. */
const checks = ['types', 'lint', 'format', 'boundaries', 'secrets'];

/** It takes as long as all others together, which run one after the other beside it. */
const LONGEST = 'lint';

/**
 * Runs the static checks, and tells of each when it and those before it have ended.
 * @returns {Promise<{ passed?: number, failed?: number }[]>} for each check, whether it passed
 */
export async function runChecks({ cwd, env, tell }) {
  const run = (name) => runCheck(name, { cwd, env });
  let others = Promise.resolve();
  const running = checks.map((name) => {
    if (name === LONGEST) return run(name);
    others = others.then(() => run(name));
    return others;
  });
  const counts = [];
  for (const [index, name] of checks.entries()) {
    const { output, passed } = await running[index];
    tell(`\n== ${name}\n${output}${passed ? 'passed' : 'failed'}`);
    counts.push(passed ? { passed: 1 } : { failed: 1 });
  }
  return counts;
}

/** A check that cannot be run has failed. */
function runCheck(name, options) {
  const [command, ...first] = npmCommand();
  const args = [...first, '--silent', 'run', `check:${name}`];
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  return new Promise((resolve) => {
    child.once('error', ({ message }) => resolve({ output: `${message}\n`, passed: false }));
    child.once('close', (status) => resolve({ output, passed: status === 0 }));
  });
}

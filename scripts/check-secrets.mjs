/**
 * `npm run check:secrets`: looks for keys, tokens and passwords in everything that git keeps, which is all tracked files
 * and every line that a commit ever added. What is known to guard nothing is allowed in .secretlintrc.json.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './lib/root.mjs';

const MOST_OUTPUT_BYTES = 2 ** 30;
const SEPARATOR = '\u0001';

function git(...args) {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: MOST_OUTPUT_BYTES });
}

/** A file for each commit: a key that is allowed in one must not hide one in another. */
function writeAddedLines(folder) {
  const commits = git('log', '--all', '-p', `--format=${SEPARATOR}%H`).split(SEPARATOR).slice(1);
  for (const commit of commits) {
    const [hash, ...lines] = commit.split('\n');
    const added = lines.filter((line) => line.startsWith('+')).map((line) => line.slice(1));
    writeFileSync(join(folder, `${hash}.txt`), added.join('\n'));
  }
  return commits.length;
}

function findSecrets(...patterns) {
  const cli = join(root, 'node_modules/secretlint/bin/secretlint.js');
  const { status } = spawnSync(process.execPath, [cli, '--secretlintrc', '.secretlintrc.json', ...patterns], {
    cwd: root,
    stdio: 'inherit',
  });
  return status !== 0;
}

const folder = mkdtempSync(join(tmpdir(), 'clipscribe-secrets-'));
try {
  const files = git('ls-files', '-z').split('\0').filter(Boolean);
  const commits = writeAddedLines(folder);
  const found = [findSecrets(...files), findSecrets(`${folder}/*`)];
  if (found.includes(true)) process.exitCode = 1;
  else console.log(`no secrets in ${files.length} files and ${commits} commits`);
} finally {
  rmSync(folder, { recursive: true });
}

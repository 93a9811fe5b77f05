import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findPython } from './python.mjs';

/** True when `name` is an executable file in one of the folders of PATH. */
export function isOnPath(name) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && isExecutable(join(folder, name)));
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

const SPHINX_SHARE = '/usr/share/pocketsphinx';

/**
 * The programs that do not come through npm: how to see that one is there, and the packages that bring it.
 * A package manager without an entry does not offer the program in a form that clipscribe can use.
 */
export const programs = {
  ffmpeg: {
    isThere: () => isOnPath('ffmpeg') && isOnPath('ffprobe'),
    packages: { apt: ['ffmpeg'], dnf: ['ffmpeg-free'], brew: ['ffmpeg'] },
  },
  pocketsphinx: {
    isThere: () => isOnPath('pocketsphinx_continuous') && existsSync(join(SPHINX_SHARE, 'model', 'en-us')),
    packages: { apt: ['pocketsphinx', 'pocketsphinx-en-us'], dnf: ['pocketsphinx', 'pocketsphinx-models'] },
  },
  flite: {
    isThere: () => isOnPath('flite'),
    packages: { apt: ['flite'], dnf: ['flite'], brew: ['flite'] },
  },
  mariadb: {
    isThere: () =>
      ['mariadbd', 'mysqld'].some((name) => isOnPath(name) || isExecutable(join('/usr/sbin', name))),
    packages: { apt: ['mariadb-server'], dnf: ['mariadb-server'], brew: ['mariadb'] },
  },
  rabbitmq: {
    isThere: () => isOnPath('rabbitmq-server') || isExecutable('/usr/lib/rabbitmq/bin/rabbitmq-server'),
    packages: { apt: ['rabbitmq-server'], dnf: ['rabbitmq-server'], brew: ['rabbitmq'] },
  },
  'pocketsphinx-testdata': {
    isThere: () => existsSync(join(SPHINX_SHARE, 'test', 'data')),
    packages: { apt: ['pocketsphinx-testdata'] },
  },
  promtool: {
    isThere: () => isOnPath('promtool'),
    packages: { apt: ['prometheus'], dnf: ['golang-github-prometheus'], brew: ['prometheus'] },
  },
  // With a font, without which pages have no letters on a system made for servers.
  chromium: {
    isThere: () => ['chromium', 'chromium-browser', 'google-chrome'].some(isOnPath),
    packages: { apt: ['chromium', 'fonts-liberation'], dnf: ['chromium', 'liberation-sans-fonts'] },
  },
  python: {
    isThere: () => findPython() !== undefined,
    packages: { apt: ['python3', 'python3-venv'], dnf: ['python3'], brew: ['python@3.13'] },
  },
};

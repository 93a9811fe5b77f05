const project = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/scripts/jest-strip-types.mjs' },
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/data/'],
  modulePathIgnorePatterns: ['<rootDir>/data/'],
};

/**
 * `tests` are those of the packages and services; `e2e` starts the whole suite, and waits more than it works (`npm test`
 * runs it after the others). Needs NODE_OPTIONS=--experimental-vm-modules.
 */
export default {
  // Many wait for servers and media tools: two cores have time for a third.
  maxWorkers: 3,
  // Real processes, media and password hashes take longer than Jest's 5 s. Jest reads this here only, not in a project.
  testTimeout: 120_000,
  projects: [
    {
      ...project,
      displayName: 'tests',
      testMatch: ['<rootDir>/{packages,services,scripts,charts,bench,chaos}/**/test/**/*.test.ts'],
    },
    { ...project, displayName: 'e2e', testMatch: ['<rootDir>/e2e/**/*.test.ts'] },
  ],
};

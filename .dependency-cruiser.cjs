/**
 * Which file may import which. Imports point one way:
 * routes and handlers → domain → ports, adapters → ports, and only a service's main.ts picks adapters.
 */
const inTests = '(^|/)(test|testing)/';
const outside = '^(bench|chaos|e2e|scripts|stack)/';
const serviceAdapters = '^services/[^/]+/src/adapters/';

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Files that import each other are one file in disguise, and their load order is a guess.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'packages-know-no-services',
      comment: 'Packages are what services are built from.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^services/' },
    },
    {
      name: 'contracts-stand-alone',
      comment: 'Contracts are shared by all, so they depend on no other workspace package and do no I/O.',
      severity: 'error',
      from: { path: '^packages/contracts/src/' },
      to: { path: '^(packages/(?!contracts/)|services/)' },
    },
    {
      name: 'contracts-do-no-io',
      comment: 'Contracts describe; nothing in them reads or writes.',
      severity: 'error',
      from: { path: '^packages/contracts/src/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'packages-through-their-door',
      comment:
        'Import a package by its name: what is not in its index.ts or testing/index.ts is its own business.',
      severity: 'error',
      from: { path: '^(packages/[^/]+|services/[^/]+|bench|chaos|e2e|scripts|stack)/' },
      to: {
        path: '^packages/[^/]+/',
        pathNot: ['^$1/', '^packages/[^/]+/((src|testing)/index[.]ts|build/index[.]mjs)$'],
      },
    },
    {
      name: 'package-adapters-behind-the-factory',
      comment:
        'A package hands out its port; index.ts and the open… factory choose the adapter, <technology>-<port>.ts.',
      severity: 'error',
      from: {
        path: '^packages/([^/]+)/src/',
        pathNot: [
          '^packages/[^/]+/src/index[.]ts$',
          '^packages/[^/]+/src/open-',
          '^packages/[^/]+/src/adapters/',
        ],
      },
      to: { path: ['^packages/$1/src/adapters/', '^packages/$1/src/[a-z0-9]+-$1[.]ts$'] },
    },
    {
      name: 'only-main-imports-adapters',
      comment: 'The composition root is the one place that knows technologies.',
      severity: 'error',
      from: {
        pathNot: ['^services/[^/]+/src/main[.]ts$', '^services/suite/', serviceAdapters, inTests, outside],
      },
      to: { path: serviceAdapters },
    },
    {
      name: 'adapters-know-no-routes',
      comment: 'Adapters serve ports; who calls them is not their concern.',
      severity: 'error',
      from: { path: serviceAdapters },
      to: { path: '^services/[^/]+/src/(routes|handlers)/' },
    },
    {
      name: 'services-know-no-services',
      comment: 'Services meet over HTTP and queues only; a test may start another one, as it is.',
      severity: 'error',
      from: { path: '^services/([^/]+)/', pathNot: '^services/((suite|admin)/|[^/]+/test/)' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'suite-starts-services-by-main',
      comment: 'The suite runs the services as they are; it does not assemble them again.',
      severity: 'error',
      from: { path: '^services/suite/src/' },
      to: { path: '^services/(?!suite/)', pathNot: '^services/[^/]+/src/main[.]ts$' },
    },
    {
      name: 'admin-shares-the-rules-of-accounts',
      comment:
        'The command line works on ports; of services it takes the rules of accounts, and their hasher.',
      severity: 'error',
      from: { path: '^services/admin/src/' },
      to: {
        path: '^services/(?!admin/)',
        pathNot: '^services/auth/src/(accounts|adapters/bcrypt-hasher)[.]ts$',
      },
    },
    {
      name: 'no-test-code-in-src',
      comment: 'What ships does not import tests, contract suites or developer programs.',
      severity: 'error',
      from: { path: '^(packages|services)/[^/]+/src/' },
      to: { path: [inTests, outside] },
    },
    {
      name: 'dependencies-are-declared',
      comment:
        'What src imports is in the dependencies of that workspace: not in devDependencies, no lucky neighbour.',
      severity: 'error',
      from: { path: '^(packages|services)/[^/]+/src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'nothing-unresolvable',
      comment: 'The import leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-orphans',
      comment: 'Nobody imports this file, and it imports nothing: remove it, or use it.',
      severity: 'error',
      from: { orphan: true, pathNot: ['[.]d[.]ts$', outside, inTests] },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: '(^|/)node_modules/' },
    exclude: { path: '^(data|packages/web/dist)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Type imports count too: they couple files just as well.
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.d.ts', '.json'],
    },
  },
};

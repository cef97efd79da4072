/**
 * Who may import whom. A library may import its own files, libraries of its own and of lower layers; nothing else.
 * Applications are on top and do not import each other.
 */
const LAYERS = [
  ['domain', 'publisher', 'apiClient'],
  ['config', 'logging', 'runtime'],
  ['store', 'target', 'backlog'],
  ['directory', 'deliveryLog'],
  ['router', 'delivery', 'keptEvents', 'notices'],
];
/** Others install these: they import nothing of ours at all. */
const INSTALLABLE = ['publisher', 'receiver'];
const TESTS = '/tests/|[.]i?test[.]ts$';

const libs = (names) => `^libs/(${names.join('|')})/`;

const layerRules = LAYERS.map((layer, index) => ({
  name: `layer-of-${layer.join('-')}`,
  comment:
    'Domain, publisher, apiClient → config, logging, runtime → store, target, backlog → directory, deliveryLog → router, delivery, keptEvents, notices.',
  severity: 'error',
  from: { path: libs(layer), pathNot: TESTS },
  to: { path: '^libs/', pathNot: libs(LAYERS.slice(0, index + 1).flat()) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...layerRules,
    {
      name: 'every-library-has-a-layer',
      comment: 'A new library is added to LAYERS above.',
      severity: 'error',
      from: { path: '^libs/', pathNot: libs([...LAYERS.flat(), ...INSTALLABLE, 'localServers', 'testing']) },
      to: {},
    },
    {
      name: 'domain-is-pure',
      comment: 'The domain knows no library and no system.',
      severity: 'error',
      from: { path: '^libs/domain/', pathNot: TESTS },
      to: { pathNot: '^libs/domain/' },
    },
    {
      name: 'installable-alone',
      comment: 'Others install the publisher and the receiver: they import nothing of ours.',
      severity: 'error',
      from: { path: libs(INSTALLABLE), pathNot: TESTS },
      to: { path: '^(libs|apps)/', pathNot: '^libs/$1/' },
    },
    {
      name: 'router-and-delivery-apart',
      comment: 'They meet in the backlog only, so that either can be replaced.',
      severity: 'error',
      from: { path: '^libs/(router|delivery)/' },
      to: { path: '^libs/(router|delivery)/', pathNot: '^libs/$1/' },
    },
    {
      name: 'libs-below-apps',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-apart',
      comment: 'What two applications share is a library. End-to-end tests may use all.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/e2e/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'local-servers-alone',
      comment: 'It starts programs and knows nothing of what they are for.',
      severity: 'error',
      from: { path: '^libs/localServers/', pathNot: TESTS },
      to: { path: '^(libs|apps)/', pathNot: '^libs/localServers/' },
    },
    {
      name: 'testing-only-in-tests',
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: `${TESTS}|^libs/testing/|^apps/e2e/` },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'no-test-imported',
      severity: 'error',
      from: {},
      to: { path: '[.]i?test[.]ts$' },
    },
    {
      name: 'no-development-dependency-in-production',
      severity: 'error',
      from: {
        path: '^(libs|apps)/',
        // The console is built, with all that it needs, before it is served.
        pathNot: `${TESTS}|^libs/testing/|^apps/e2e/|^apps/console/|dockerServers[.]ts$`,
      },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'no-cycle',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      conditionNames: ['node', 'import', 'default', 'types'],
      exportsFields: ['exports'],
      mainFields: ['main', 'types'],
    },
  },
};

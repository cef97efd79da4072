import type { Config } from 'jest';

/**
 * Unit tests (*.test.ts) and tests on real servers (*.itest.ts). Node loads them itself (nativeRuntime.ts): nothing is
 * transformed. Tests that measure time (*.timed.*.ts) are a project of their own, which `npm test` runs after the
 * others, a file at a time.
 */
export const project: Config = {
  cacheDirectory: '<rootDir>/.cache/jest',
  transform: {},
  injectGlobals: false,
  runtime: '<rootDir>/libs/testing/nativeRuntime.ts',
  testEnvironment: '<rootDir>/libs/testing/leakCheckEnvironment.ts',
  globalSetup: '<rootDir>/libs/testing/globalSetup.ts',
  globalTeardown: '<rootDir>/libs/testing/globalTeardown.ts',
};

const ALL = ['<rootDir>/{libs,apps}/**/*.test.ts', '<rootDir>/{libs,apps}/**/*.itest.ts'];
const TIMED = ['<rootDir>/{libs,apps}/**/*.timed.*.ts'];

const config: Config = {
  projects: [
    { ...project, displayName: 'together', testMatch: ALL, testPathIgnorePatterns: ['\\.timed\\.'] },
    { ...project, displayName: 'timed', testMatch: TIMED },
  ],
  testSequencer: '<rootDir>/libs/testing/slowFirst.ts',
  reporters: ['default', '<rootDir>/libs/testing/outcomeReporter.ts'],
  // Most of what tests do is to wait: three processes keep 2 cores busy.
  maxWorkers: 3,
  // A process that runs many files keeps what they have loaded: it is replaced between two of them.
  workerIdleMemoryLimit: '400MB',
  testTimeout: 120_000,
};

export default config;

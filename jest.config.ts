import type { Config } from 'jest';

const config: Config = {
  testMatch: ['<rootDir>/{packages,apps,tools}/*/{src,test}/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  testEnvironmentOptions: { customExportConditions: ['@resoto/source', 'node', 'node-addons'] },
  // Tests talk to real servers, some of which take seconds to start, and more where much else is done.
  testTimeout: 300_000,
  maxWorkers: '50%',
  restoreMocks: true,
  globalTeardown: '<rootDir>/tools/workspace/src/jest-teardown.ts',
};

export default config;

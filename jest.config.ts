import type { Config } from 'jest';

const config: Config = {
  testMatch: ['<rootDir>/{packages,apps,tools}/*/src/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  testEnvironmentOptions: { customExportConditions: ['@resoto/source', 'node', 'node-addons'] },
  restoreMocks: true,
};

export default config;

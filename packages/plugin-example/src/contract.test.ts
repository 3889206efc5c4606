import { describe, test } from '@jest/globals';
import { pluginContract } from '@resoto/worker-core/testing';

import { plugin } from './index.ts';

describe('plugin contract', () => {
  pluginContract(plugin, {
    test,
    package: new URL('../package.json', import.meta.url),
    withoutPermissions: 'all',
  });
});

import { afterAll, beforeAll, test } from '@jest/globals';
import { describeWith } from '@resoto/tools-shared/jest';
import { pluginContract } from '@resoto/worker-core/testing';

import { plugin } from './index.ts';
import { replay, startReplay } from './replay.test.support.ts';
import type { ReplayServer } from './replay.test.support.ts';

describeWith('plugin contract', [replay], () => {
  let server: ReplayServer;

  beforeAll(async () => {
    server = await startReplay();
  }, 60_000);

  afterAll(() => server.stop());

  pluginContract(plugin, {
    test: (title, run) => test(title, run, 30_000),
    package: new URL('../package.json', import.meta.url),
    config: { access_key_id: 'AKIATEST', secret_access_key: 'a-secret-of-the-test' },
    kindsToCome: ['aws_kms_key'],
  });
});

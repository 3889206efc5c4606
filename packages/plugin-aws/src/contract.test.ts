import { afterAll, beforeAll, test } from '@jest/globals';
import { describeWith } from '@resoto/tools-shared/jest';
import { pluginContract } from '@resoto/worker-core/testing';

import { plugin } from './index.ts';
import { replay, startReplay } from '../test/replay.ts';
import type { ReplayServer } from '../test/replay.ts';

describeWith('plugin contract', [replay], () => {
  let server: ReplayServer;

  beforeAll(async () => {
    server = await startReplay();
  });

  afterAll(() => server.stop());

  pluginContract(plugin, {
    test,
    package: new URL('../package.json', import.meta.url),
    config: { access_key_id: 'AKIATEST', secret_access_key: 'a-secret-of-the-test' },
    kindsToCome: [
      'aws_apigateway_rest_api',
      'aws_ecs_cluster',
      'aws_efs_file_system',
      'aws_kinesis_stream',
      'aws_kms_key',
      'aws_redshift_cluster',
    ],
    changesOfCloud: async () => (await server.calls()).filter((call) => !/:(describe|get|list|generate)-/.test(call)),
  });
});

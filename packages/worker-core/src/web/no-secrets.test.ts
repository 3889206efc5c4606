import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { plainError, redactedError } from '../collect/plain-error.ts';
import { loadConfiguration } from '../config/load-configuration.ts';
import { declareSection } from '../config/section.ts';
import { workerSection } from '../config/worker-section.ts';
import { Secrets } from '../log/secrets.ts';
import { workerMetrics } from '../metrics/worker-metrics.ts';
import type { JsonObject } from '../protocol/json.ts';
import { recordingLog } from '../testing/recording-log.ts';
import { Health } from './health.ts';
import { startWebServer } from './web-server.ts';
import { collectConditions, connectionCondition, connectionNames } from './worker-conditions.ts';
import { workerInfo } from './worker-info.ts';

const texts = {
  key: 'pre-shared-key-1',
  token: 'cloud-token-2',
  file: '[default]\naws_secret_access_key = file-content-3',
  variable: 'from-the-environment-4',
};
const acme = declareSection({
  name: 'acme',
  description: 'Acme cloud.',
  fields: {
    token: { type: 'string', nullable: true, default: null, description: 'Key.', secret: true },
    password: { type: 'string', nullable: true, default: null, description: 'Password.', secret: true },
  },
});

test('no page shows a secret, whatever fails with one in its text', async () => {
  const secrets = new Secrets();
  secrets.add(texts.key);
  const { worker } = await configurationWith(secrets, {
    resotoworker: { collector: ['acme', 'gone'], files_in_home_dir: { '.aws/credentials': texts.file } },
    acme: { token: texts.token, password: '$(PASSWORD)' },
  });
  const failure = new Error(`refused: ${Object.values(texts).join(' ')} Bearer ${texts.key}`);
  const health = new Health((text) => secrets.redact(text));
  const metrics = workerMetrics(new Registry(), 'resoto');
  const state = { is: 'disconnected', error: failure, retryIn: 1 } as const;
  connectionCondition(health, connectionNames.actions)(state);
  metrics.connection(connectionNames.actions, state);
  const conditions = collectConditions(health);
  for (let run = 0; run < 3; run += 1) {
    const report = failedCollect(secrets, failure);
    conditions(report);
    metrics.collectEnded(report);
  }
  const server = await startWebServer({
    ...{ host: '127.0.0.1', port: 0, path: '/', health, log: recordingLog() },
    metrics: () => metrics.text(),
    info: () => workerInfo(worker.collector, ['acme']),
    status: () => ({ worker: 'resoto.worker', runs: metrics.lastRuns() }),
  });

  const paths = ['', 'health', 'ready', 'live', 'metrics', 'info', 'nothing', texts.token];
  const answers = await Promise.all(paths.map(async (path) => fetch(`${server.url}${path}`)));
  const all = (await Promise.all(answers.map((answer) => answer.text()))).join('\n');
  await server.close();

  expect(answers.map(({ status }) => status)).toEqual([200, 503, 503, 200, 200, 200, 404, 404]);
  expect(all).toContain('refused: ***');
  for (const secret of [...Object.values(texts), 'file-content-3']) expect(all).not.toContain(secret);
});

async function configurationWith(secrets: Secrets, document: JsonObject) {
  return loadConfiguration({
    store: {
      config: async () => ({ config: document, overrides: null, rawConfig: document, revision: 'r1' }),
      patchConfig: async () => 'r2',
      patchConfigModel: async () => {},
    },
    id: 'resoto.worker',
    sections: [acme],
    workerSection: (collectors) => workerSection({ generation: 'resoto', collectors, cores: 2 }),
    autoEnabled: async () => [],
    overrides: [],
    environment: { PASSWORD: texts.variable },
    log: recordingLog(),
    onSecret: (value) => secrets.add(value),
    signal: new AbortController().signal,
  });
}

function failedCollect(secrets: Secrets, failure: Error) {
  const error = redactedError(plainError(failure), secrets);
  const imported = {
    ...{ nodes_created: 0, nodes_updated: 0, nodes_deleted: 0 },
    ...{ edges_created: 0, edges_updated: 0, edges_deleted: 0 },
  };
  const cloud = { cloud: 'acme', outcome: 'failed', error, accounts: [], remarks: [], imported, seconds: 1 } as const;
  return { task: 't', startedAt: '2024-01-01T00:00:00.000Z', seconds: 1, clouds: [cloud], unknownCollectors: ['gone'] };
}

import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { plainError } from '../collect/plain-error.ts';
import type { Configuration } from '../config/configuration.ts';
import { sectionValues } from '../config/section.ts';
import { workerSection } from '../config/worker-section.ts';
import { createAuthority } from '../core-client/tls/authority.ts';
import { ConfigError } from '../errors.ts';
import { Secrets } from '../log/secrets.ts';
import type { ActionPlugin } from '../plugin/action-contract.ts';
import { eventually } from '../testing/eventually.ts';
import { connectionNames } from '../web/worker-conditions.ts';
import { WorkerWatch } from './worker-watch.ts';

const kinds = ['health', 'ready', 'live'] as const;

test('every condition of a worker is in the document, with the paths on which it counts', async () => {
  const watch = await sickWorker();

  const rows = watch.health.all().map(({ name }) => {
    const counts = kinds.map((kind) => watch.health.failed(kind).some((failed) => failed.name === name));
    return { name, counts };
  });

  const documented = await documentedConditions();
  watch.close();
  expect(documented.filter(({ name }) => !rows.some((row) => name.test(row.name)))).toEqual([]);
  for (const { name, counts } of rows) {
    const found = documented.filter((condition) => condition.name.test(name));
    expect({ name, counts: found.map((condition) => condition.counts) }).toEqual({ name, counts: [counts] });
  }
});

test('settings of an action plugin that cannot be used are a matter of health while it is not switched off', () => {
  const watch = new WorkerWatch('resoto', new Secrets());
  const error = new ConfigError('acme.size: expected a number');
  const failed = (configuration: Configuration): unknown => {
    watch.sections([actionPlugin], configuration);
    return watch.health.failed('health');
  };

  expect(failed(configuration(true))).toEqual([]);
  expect(failed(configuration(true, error))).toEqual([{ name: 'Section plugin_boxes', reason: error.message }]);
  expect(failed(configuration(true))).toEqual([]);
  // Nobody knows whether it was meant to be switched on.
  expect(failed(configuration(null, error))).toHaveLength(1);
  expect(failed(configuration(false, error))).toEqual([]);
});

const actionPlugin: ActionPlugin = {
  className: 'Boxes',
  action: 'cleanup_plan',
  section: { name: 'plugin_boxes', description: '', fields: {} },
  load: () => Promise.reject(new Error('nobody loads it')),
};

function configuration(enabled: boolean | null, error?: ConfigError): Configuration {
  const worker = sectionValues(workerSection({ generation: 'resoto', collectors: [], cores: 1 }), {});
  return { id: 'w', revision: undefined, worker, section: () => ({ enabled }), sectionError: () => error };
}

/** Nothing of it is well. */
async function sickWorker(): Promise<WorkerWatch> {
  const watch = new WorkerWatch('resoto', new Secrets());
  const error = plainError(new Error('broken'));
  for (const name of Object.values(connectionNames)) watch.connection(name);
  watch.actionPlugin('SomePlugin', { is: 'failed', error });
  watch.sections([actionPlugin], configuration(true, new ConfigError('broken')));
  watch.service({ is: 'failed', name: 'some', restarts: 0, error, retryIn: 1 });
  for (let run = 0; run < 3; run += 1) {
    watch.collectEnded({ ...report, clouds: [cloud] });
  }
  for (let run = 0; run < 3; run += 1) watch.collectEnded({ ...report, error });
  const expired = await createAuthority({ CN: 'worker' }, new Date('2000-01-01T00:00:00Z'));
  watch.certificate({ cert: expired.certificate, key: '' });
  watch.stopping();
  watch.work('collect', 1);
  await eventually(() => expect(watch.health.failed('live')).toHaveLength(1));
  return watch;
}

const none = {
  ...{ nodes_created: 0, nodes_updated: 0, nodes_deleted: 0 },
  ...{ edges_created: 0, edges_updated: 0, edges_deleted: 0 },
};
const cloud = { cloud: 'acme', outcome: 'failed', accounts: [], remarks: [], imported: none, seconds: 1 } as const;
const report = { task: 't', startedAt: '2024-01-01T00:00:00Z', seconds: 1, clouds: [], unknownCollectors: [] };

interface DocumentedCondition {
  readonly name: RegExp;
  /** On `/health`, `/ready` and `/live`. */
  readonly counts: readonly boolean[];
}

async function documentedConditions(): Promise<readonly DocumentedCondition[]> {
  const text = await readFile(new URL('../../../../docs/monitoring.md', import.meta.url), 'utf8');
  const table = /\| Condition .*\n\|[-| ]+\n((?:\|.*\n)+)/.exec(text)?.[1] ?? '';
  return table
    .trim()
    .split('\n')
    .flatMap((row) => {
      const [names = '', , ...counts] = row.slice(1, -1).split('|');
      return [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => ({
        name: new RegExp(`^${name.replaceAll(/<\w+>/g, '\\S+')}$`),
        counts: counts.map((cell) => cell.trim() === 'yes'),
      }));
    });
}

import { describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import type { CleanupReport } from '../cleanup/cleanup-report.ts';
import { plainError } from '../collect/plain-error.ts';
import type { AccountReport, CloudReport, CollectReport } from '../collect/report.ts';
import { declarations, metricDocs } from './declarations.ts';
import { workerMetrics, type WorkerMetrics } from './worker-metrics.ts';

const aws = { cloud: 'aws', account: 'One' };

describe('metrics of collects', () => {
  test('what happened in worker threads is in the metrics of the worker (no. 26)', async () => {
    const metrics = workerMetrics(new Registry(), 'resoto');
    const before = Date.now() / 1000;

    metrics.collectEnded(
      reportOf({
        outcome: 'partial',
        accounts: [
          account({
            ...{ name: 'One', nodes: 12, edges: 11, carried: 3, seconds: 4.5 },
            scopes: [scope('complete'), scope('denied'), scope('disabled')],
            problems: [{ code: 'cycle', subject: 'delete edges', count: 2, examples: [] }],
          }),
          account({ name: 'Two', outcome: 'denied', uploaded: false, nodes: 0 }),
        ],
        imported: { ...nothing, nodes_created: 7, edges_deleted: 2 },
      }),
    );

    const value = await valuesOf(metrics);
    expect(value('resoto_worker_account_nodes', aws)).toBe(12);
    expect(value('resoto_worker_account_edges', aws)).toBe(11);
    expect(value('resoto_worker_account_carried_nodes', aws)).toBe(3);
    expect(value('resoto_worker_account_incomplete_scopes', aws)).toBe(1);
    expect(value('resoto_worker_account_duration_seconds', aws)).toBe(4.5);
    expect(value('resoto_worker_account_last_success_timestamp_seconds', aws)).toBeGreaterThanOrEqual(before);
    expect(value('resoto_worker_account_outcome', { ...aws, outcome: 'complete' })).toBe(1);
    expect(value('resoto_worker_account_outcome', { cloud: 'aws', account: 'Two', outcome: 'denied' })).toBe(1);
    expect(value('resoto_worker_collects_total', { cloud: 'aws', result: 'partial' })).toBe(1);
    expect(value('resoto_worker_scopes_total', { cloud: 'aws', outcome: 'denied' })).toBe(1);
    expect(value('resoto_worker_graph_problems_total', { cloud: 'aws', problem: 'cycle' })).toBe(2);
    expect(value('resoto_worker_imported_total', { cloud: 'aws', what: 'nodes', change: 'created' })).toBe(7);
    expect(value('resoto_plugin_aws_collect_seconds_sum')).toBe(60);
    expect(value('resoto_plugin_aws_unhandled_account_exceptions_total', { account: 'Two' })).toBe(1);
  });

  test('a success stays in sight when later collects fail', async () => {
    const metrics = workerMetrics(new Registry(), 'resoto');
    metrics.collectEnded(reportOf({ accounts: [account({ name: 'One', nodes: 12 })] }));
    const first = await valuesOf(metrics);

    metrics.collectEnded(
      reportOf({
        outcome: 'failed',
        accounts: [account({ name: 'One', outcome: 'failed', uploaded: false, nodes: 0 })],
      }),
    );

    const second = await valuesOf(metrics);
    const success = 'resoto_worker_account_last_success_timestamp_seconds';
    expect(second(success, aws)).toBe(first(success, aws));
    expect(second('resoto_worker_account_nodes', aws)).toBe(12);
    expect(second('resoto_worker_account_outcome', { ...aws, outcome: 'failed' })).toBe(1);
    expect(second('resoto_worker_account_outcome', { ...aws, outcome: 'complete' })).toBeUndefined();
  });

  test('an account that was collected and could not be imported counts as a failed upload', async () => {
    const metrics = workerMetrics(new Registry(), 'resoto');

    metrics.collectEnded(
      reportOf({ outcome: 'failed', accounts: [account({ name: 'One', uploaded: false, nodes: 12 })] }),
    );

    const value = await valuesOf(metrics);
    expect(value('resoto_worker_upload_failures_total', aws)).toBe(1);
    expect(value('resoto_worker_account_outcome', { ...aws, outcome: 'not_uploaded' })).toBe(1);
    expect(value('resoto_plugin_aws_unhandled_account_exceptions_total', { account: 'One' })).toBeUndefined();
  });

  test('accounts that are gone leave nothing behind, unless the list of accounts failed', async () => {
    const metrics = workerMetrics(new Registry(), 'resoto');
    metrics.collectEnded(reportOf({ accounts: [account({ name: 'One' }), account({ name: 'Two' })] }));

    metrics.collectEnded(reportOf({ accounts: [], error: plainError(new Error('broken')) }));
    const afterFailure = await metrics.text();
    metrics.collectEnded(reportOf({ accounts: [account({ name: 'Two' })] }));
    const afterCollect = await metrics.text();

    expect(afterFailure).toContain('account="One"');
    expect(afterCollect).not.toContain('account="One"');
    expect(afterCollect).toContain('account="Two"');
  });

  test('a cloud that failed as a whole counts for its plugin', async () => {
    const metrics = workerMetrics(new Registry(), 'resoto');

    metrics.collectEnded(reportOf({ cloud: 'gcp', outcome: 'failed', error: plainError(new Error('broken')) }));

    const value = await valuesOf(metrics);
    expect(value('resoto_unhandled_plugin_exceptions_total', { plugin: 'gcp' })).toBe(1);
    expect(value('resoto_worker_collect_last_success_timestamp_seconds', { cloud: 'gcp' })).toBeUndefined();
  });

  test('however many accounts there are, the series are bounded', async () => {
    const metrics = workerMetrics(new Registry(), 'resoto');
    const accounts = Array.from({ length: 12_000 }, (_, number) =>
      account({ name: `account ${number}`, uploaded: false, nodes: 1 }),
    );

    metrics.collectEnded(reportOf({ accounts, outcome: 'failed' }));

    const value = await valuesOf(metrics);
    const lines = (await metrics.text()).split('\n');
    expect(value('resoto_worker_upload_failures_total', { cloud: 'other', account: 'other' })).toBe(7_000);
    expect(lines.filter((line) => line.startsWith('resoto_worker_upload_failures_total{'))).toHaveLength(5_001);
    expect(lines.filter((line) => line.startsWith('resoto_worker_account_outcome{'))).toHaveLength(2_000);
  });
});

describe('metrics of other work', () => {
  test('cleanups count as the reference counts them, and by outcome', async () => {
    const metrics = workerMetrics(new Registry(), 'resoto');
    const labels = { cloud: 'aws', account: 'One', region: 'eu', kind: 'aws_ec2_volume' };

    metrics.cleanup.outcome(labels, { outcome: 'deleted', reason: '' });
    metrics.cleanup.outcome(labels, { outcome: 'failed', reason: 'x', verb: 'delete' });
    metrics.cleanup.outcome(labels, { outcome: 'failed', reason: 'x', verb: 'prepare' });
    metrics.cleanup.deletion(0.5);
    metrics.cleanup.run(cleanupReport(2));

    const value = await valuesOf(metrics);
    expect(value('resource_cleanup_exceptions_total', labels)).toBe(1);
    expect(value('resource_pre_cleanup_exceptions_total', labels)).toBe(1);
    expect(value('resoto_worker_cleanup_outcomes_total', { ...labels, outcome: 'deleted' })).toBe(1);
    expect(value('resoto_resource_cleanup_seconds_sum')).toBe(0.5);
    expect(value('resoto_cleanup_seconds_sum')).toBe(2);
    expect(value('resoto_worker_cleanups_total', { result: 'done' })).toBe(1);
  });

  test('what has not happened yet has no time', async () => {
    const metrics = workerMetrics(new Registry(), 'resoto');

    const value = await valuesOf(metrics);

    expect(value('resoto_worker_cleanup_last_success_timestamp_seconds')).toBeUndefined();
    expect(value('resoto_cleanup_seconds_count')).toBe(0);
  });

  test('actions, tasks and calls count by result (no. 26)', async () => {
    const metrics = workerMetrics(new Registry(), 'resoto');

    metrics.actionEnded({ action: 'collect', result: 'failed', seconds: 3 });
    metrics.actionEnded({ action: 'pre_cleanup_plan', result: 'failed', seconds: 1 }, 'CleanupVolumesPlugin');
    metrics.calls([{ cloud: 'aws', service: 'ec2', result: 'throttled', count: 7 }]);
    metrics.taskEnded({ task: 'tag', cloud: 'aws', result: 'done', seconds: 0.25 });

    const value = await valuesOf(metrics);
    const collect = { action: 'collect', plugin: 'worker' };
    expect(value('resoto_worker_actions_total', { ...collect, result: 'failed' })).toBe(1);
    expect(value('resoto_worker_action_seconds_sum', collect)).toBe(3);
    expect(value('resoto_unhandled_plugin_exceptions_total', { plugin: 'CleanupVolumesPlugin' })).toBe(1);
    expect(value('resoto_unhandled_plugin_exceptions_total', { plugin: 'worker' })).toBeUndefined();
    expect(value('resoto_worker_cloud_calls_total', { cloud: 'aws', service: 'ec2', result: 'throttled' })).toBe(7);
    expect(value('resoto_worker_tasks_total', { task: 'tag', cloud: 'aws', result: 'done' })).toBe(1);
    expect(value('resoto_worker_task_seconds_sum', { task: 'tag', cloud: 'aws' })).toBe(0.25);
  });

  test('connections, queues, certificates and configurations show how they are now', async () => {
    const metrics = workerMetrics(new Registry(), 'resoto');
    let waiting = 1;
    metrics.queue('actions', () => waiting);
    metrics.connection('CoreActions', { is: 'connected', epoch: 1 });
    metrics.connection('CoreTasks', { is: 'disconnected', error: new Error('gone'), retryIn: 1 });
    metrics.certificate('worker', new Date('2030-01-01T00:00:00Z'));
    metrics.configReloaded('rejected');
    metrics.threadCrashed();
    metrics.pluginRestarted('Persistent');

    waiting = 5;

    const value = await valuesOf(metrics);
    expect(value('resoto_worker_queue_size', { queue: 'actions' })).toBe(5);
    expect(value('resoto_worker_connected', { connection: 'CoreActions' })).toBe(1);
    expect(value('resoto_worker_connected', { connection: 'CoreTasks' })).toBe(0);
    expect(value('resoto_worker_connections_total', { connection: 'CoreActions' })).toBe(1);
    expect(value('resoto_worker_certificate_expiry_timestamp_seconds', { certificate: 'worker' })).toBe(1_893_456_000);
    expect(value('resoto_worker_config_reloads_total', { result: 'rejected' })).toBe(1);
    expect(value('resoto_worker_thread_crashes_total')).toBe(1);
    expect(value('resoto_worker_plugin_restarts_total', { plugin: 'Persistent' })).toBe(1);
  });

  test('the last run of each kind of work is kept in words', () => {
    const metrics = workerMetrics(new Registry(), 'resoto');
    metrics.collectEnded(reportOf({ outcome: 'failed' }));
    metrics.collectEnded(reportOf({ outcome: 'partial', accounts: [account({ name: 'One', nodes: 12 })] }));

    metrics.cleanup.run(cleanupReport(2));

    const runs = metrics.lastRuns().map(({ name, result }) => [name, result]);
    expect(Object.fromEntries(runs)).toEqual({
      'collect aws': 'partial: 1 of 1 accounts imported, 12 nodes',
      cleanup: 'done: 3 deleted',
    });
  });
});

describe('names', () => {
  test('the process is in it, once for all workers', async () => {
    const [one, other] = [workerMetrics(new Registry(), 'resoto'), workerMetrics(new Registry(), 'resoto')];

    const texts = [await one.text(), await other.text()];

    for (const text of texts) expect(text.match(/^process_cpu_seconds_total /gm)).toHaveLength(1);
  });

  test('workers do not share what they count', async () => {
    const [one, other] = [workerMetrics(new Registry(), 'resoto'), workerMetrics(new Registry(), 'resoto')];

    one.threadCrashed();

    expect((await valuesOf(other))('resoto_worker_thread_crashes_total')).toBe(0);
  });

  test('a fix worker has the names of its reference', async () => {
    const metrics = workerMetrics(new Registry(), 'fix');
    metrics.actionEnded({ action: 'collect', result: 'failed', seconds: 1 }, 'Some');

    const text = await metrics.text();

    expect(text).toContain('fix_unhandled_plugin_exceptions_total{plugin="Some"} 1');
    expect(text).toContain('# TYPE resource_cleanup_exceptions_total counter');
    expect(text).not.toContain('resoto_');
  });

  test('names follow the rules of Prometheus, and say their unit', () => {
    for (const { name, type, help, labels } of Object.values(declarations)) {
      expect(name).toMatch(/^(resoto|resource)_[a-z0-9_]+$/);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      expect(type === 'summary' && !name.endsWith('_seconds')).toBe(false);
      expect(help).toMatch(/^[A-Z0-9].*[^.]$/);
      expect(labels.every((label) => /^[a-z]+$/.test(label))).toBe(true);
    }
  });

  test('every metric in the output is in the documents, and the other way round', async () => {
    const text = await workerMetrics(new Registry(), 'fix').text();

    const names = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => `${name} ${type}`);
    const own = names.filter((name) => /^(fix|resource)_/.test(name));

    expect(metricDocs('fix').map(({ name, type }) => `${name} ${type}`)).toEqual(own);
  });
});

const nothing = {
  ...{ nodes_created: 0, nodes_updated: 0, nodes_deleted: 0 },
  ...{ edges_created: 0, edges_updated: 0, edges_deleted: 0 },
};

function reportOf(cloud: Partial<CloudReport>): CollectReport {
  const report: CloudReport = {
    ...{ cloud: 'aws', outcome: 'complete', accounts: [], remarks: [], imported: nothing, seconds: 60 },
    ...cloud,
  };
  return { task: 't', startedAt: '2024-01-01T00:00:00.000Z', seconds: 60, clouds: [report], unknownCollectors: [] };
}

function account(report: Partial<AccountReport>): AccountReport {
  return {
    ...{
      id: '1',
      name: 'One',
      outcome: 'complete',
      scopes: [],
      nodes: 1,
      edges: 1,
      carried: 0,
      kinds: {},
      problems: [],
    },
    ...{ seconds: 1, uploaded: true },
    ...report,
  };
}

function scope(outcome: AccountReport['outcome']): AccountReport['scopes'][number] {
  return { kinds: ['aws_ec2_volume'], outcome, incomplete: [] };
}

function cleanupReport(seconds: number): CleanupReport {
  const counts = { deleted: 3, already_gone: 0, failed: 0, refused: 0, blocked: 0, skipped: 0, dry_run: 0 };
  return { startedAt: '2024-01-01T00:00:00.000Z', seconds, dryRun: false, nodes: [], counts, warnings: [] };
}

/** Reads the output as Prometheus does: the value of a series, whatever the order of its labels. */
async function valuesOf(
  metrics: WorkerMetrics,
): Promise<(name: string, labels?: Readonly<Record<string, string>>) => number | undefined> {
  const series = new Map<string, number>();
  const key = (name: string, labels: readonly string[]): string => `${name} ${labels.toSorted().join()}`;
  for (const line of (await metrics.text()).split('\n')) {
    const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name !== undefined) series.set(key(name, labels.match(/\w+="[^"]*"/g) ?? []), Number(value));
  }
  return (name, labels = {}) =>
    series.get(
      key(
        name,
        Object.entries(labels).map(([label, value]) => `${label}="${value}"`),
      ),
    );
}

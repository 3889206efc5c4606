/** What a worker counts, and how its parts tell it (worker behaviour 10.3, 15 no. 26). */
import type { Registry } from 'prom-client';
import type { CleanupReport } from '../cleanup/cleanup-report.ts';
import { countsText } from '../cleanup/cleanup-report.ts';
import type { CleanupMetrics } from '../cleanup/metrics.ts';
import type { CallCount } from '../collect/call-counts.ts';
import type { CloudReport, CollectReport, Outcome } from '../collect/report.ts';
import type { ActionEnd } from '../core-client/actions.ts';
import type { SocketState } from '../core-client/socket.ts';
import type { TaskEnd } from '../core-client/tasks.ts';
import type { Generation } from '../protocol/generation.ts';
import { AccountMetrics } from './account-metrics.ts';
import { LabelLimit } from './label-limit.ts';
import type { LastRun } from './last-run.ts';
import { processMetrics } from './process-metrics.ts';
import { registerMetrics, type Metrics } from './registered.ts';

export interface WorkerMetrics {
  collectEnded(report: CollectReport): void;
  readonly cleanup: CleanupMetrics;
  /** @param plugin  class name of the action plugin; absent: the worker itself */
  actionEnded(end: ActionEnd, plugin?: string): void;
  taskEnded(end: TaskEnd): void;
  /** @param name  as in the health conditions, so that both can be compared */
  connection(name: string, state: SocketState): void;
  threadCrashed(): void;
  /** As threads tell them: see `ThreadPoolOptions.onCalls`. */
  calls(counts: readonly CallCount[]): void;
  pluginRestarted(plugin: string): void;
  configReloaded(result: 'applied' | 'rejected'): void;
  /** @param name  `worker` or `ca` */
  certificate(name: string, notAfter: Date): void;
  /** Asks for the length of a queue whenever metrics are read. Names are a fixed few. */
  queue(name: string, size: () => number): void;
  /** The last run of each kind of work, for people. */
  lastRuns(): readonly LastRun[];
  /** Everything in the text format of Prometheus, with what concerns the process. */
  text(): Promise<string>;
}

/** Series of a metric with labels out of clouds. */
const seriesAtMost = 5_000;

/** Registers the metrics of a worker. Once per registry. */
export function workerMetrics(registry: Registry, generation: Generation): WorkerMetrics {
  const metrics = registerMetrics(registry, generation);
  const accounts = new AccountMetrics(metrics);
  const series = new LabelLimit(seriesAtMost);
  const queues = new Map<string, () => number>();
  const runs = new Map<string, LastRun>();
  const ran = (run: Omit<LastRun, 'endedAt'>): void => {
    runs.set(run.name, { ...run, endedAt: new Date() });
  };

  return {
    collectEnded(report) {
      for (const cloud of report.clouds) {
        countCloud(metrics, cloud, series);
        accounts.update(cloud);
        ran({ name: `collect ${cloud.cloud}`, seconds: cloud.seconds, result: collectText(cloud) });
      }
    },
    cleanup: cleanupMetrics(metrics, ({ seconds, dryRun, counts, error }) => {
      const result = error === undefined ? (dryRun ? 'dry run' : 'done') : 'failed';
      ran({ name: 'cleanup', seconds, result: `${result}: ${countsText(counts)}` });
    }),
    actionEnded({ action, result, seconds }, plugin) {
      const labels = { action, plugin: plugin ?? 'worker' };
      metrics.actions.inc({ ...labels, result });
      metrics.actionSeconds.observe(labels, seconds);
      if (plugin === undefined) return;
      if (result === 'failed') metrics.pluginExceptions.inc({ plugin });
      ran({ name: `${action} ${plugin}`, seconds, result });
    },
    taskEnded({ task, cloud, result, seconds }) {
      metrics.tasks.inc({ task, cloud, result });
      metrics.taskSeconds.observe({ task, cloud }, seconds);
    },
    connection(name, state) {
      metrics.connected.set({ connection: name }, state.is === 'connected' ? 1 : 0);
      if (state.is === 'connected') metrics.connections.inc({ connection: name });
    },
    threadCrashed: () => metrics.threadCrashes.inc(),
    calls(counts) {
      for (const { count, ...labels } of counts) metrics.calls.inc(labels, count);
    },
    pluginRestarted: (plugin) => metrics.pluginRestarts.inc({ plugin }),
    configReloaded(result) {
      metrics.configReloads.inc({ result });
      metrics.configReload.set({ result }, now());
    },
    certificate: (name, notAfter) => metrics.certificateExpiry.set({ certificate: name }, notAfter.getTime() / 1000),
    queue: (name, size) => void queues.set(name, size),
    lastRuns: () => [...runs.values()].toSorted((a, b) => b.endedAt.getTime() - a.endedAt.getTime()),
    async text() {
      for (const [queue, size] of queues) metrics.waiting.set({ queue }, size());
      return `${await registry.metrics()}\n${await processMetrics()}`;
    },
  };
}

function countCloud(metrics: Metrics, report: CloudReport, series: LabelLimit): void {
  const { cloud, outcome, seconds, error, imported } = report;
  metrics.collects.inc({ cloud, result: outcome });
  metrics.collectSeconds.observe({ cloud }, seconds);
  metrics.collectEnd.set({ cloud }, now());
  if (outcome === 'complete') metrics.collectSuccess.set({ cloud }, now());
  if (error !== undefined) metrics.pluginExceptions.inc({ plugin: cloud });
  for (const what of ['nodes', 'edges'] as const) {
    for (const change of ['created', 'updated', 'deleted'] as const) {
      metrics.imported.inc({ cloud, what, change }, imported[`${what}_${change}`]);
    }
  }
  for (const [ended, count] of scopeOutcomes(report)) metrics.scopes.inc({ cloud, outcome: ended }, count);
  for (const account of report.accounts) {
    for (const { code, count } of account.problems) metrics.repairs.inc({ cloud, problem: code }, count);
    // An account with a graph was collected.
    if (!account.uploaded && account.nodes > 0) {
      metrics.uploadFailures.inc(series.of({ cloud, account: account.name }));
    }
  }
  if (cloud === 'aws') countAws(metrics, report, series);
}

/** Counted first, because a large organisation has hundreds of thousands. */
function scopeOutcomes({ accounts }: CloudReport): ReadonlyMap<Outcome, number> {
  const counts = new Map<Outcome, number>();
  for (const { scopes } of accounts) {
    for (const { outcome } of scopes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return counts;
}

/** Numbers that the reference has of AWS alone. */
function countAws(metrics: Metrics, { seconds, accounts }: CloudReport, series: LabelLimit): void {
  metrics.awsCollectSeconds.observe(seconds);
  for (const { name, uploaded, nodes } of accounts) {
    if (!uploaded && nodes === 0) metrics.awsAccountExceptions.inc(series.of({ account: name }));
  }
}

function cleanupMetrics(metrics: Metrics, onRun: (report: CleanupReport) => void): CleanupMetrics {
  const series = new LabelLimit(seriesAtMost);
  return {
    outcome({ cloud, account, region, kind }, { outcome, verb }) {
      const labels = series.of({ cloud, account, region, kind });
      metrics.cleanupOutcomes.inc({ ...labels, outcome });
      if (outcome !== 'failed') return;
      (verb === 'prepare' ? metrics.failedPreDeletions : metrics.failedDeletions).inc(labels);
    },
    deletion: (seconds) => metrics.resourceCleanupSeconds.observe(seconds),
    run(report) {
      metrics.cleanupSeconds.observe(report.seconds);
      metrics.cleanups.inc({ result: report.error === undefined ? (report.dryRun ? 'dry_run' : 'done') : 'failed' });
      metrics.cleanupEnd.set(now());
      if (report.error === undefined) metrics.cleanupSuccess.set(now());
      onRun(report);
    },
  };
}

function collectText({ outcome, accounts }: CloudReport): string {
  const imported = accounts.filter(({ uploaded }) => uploaded);
  const nodes = imported.reduce((sum, account) => sum + account.nodes, 0);
  return `${outcome}: ${imported.length} of ${accounts.length} accounts imported, ${nodes} nodes`;
}

function now(): number {
  return Date.now() / 1000;
}

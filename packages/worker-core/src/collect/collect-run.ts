import { limited } from '../core-client/limit.ts';
import { ConfigError, errorAdvice, WorkerError } from '../errors.ts';
import type { RegisteredCollector } from '../plugin/registry.ts';
import { formatTimestamp } from '../protocol/timestamp.ts';
import type { RunContext } from './cloud-context.ts';
import { runCloud } from './cloud-run.ts';
import type { CollectRequest, CollectServices } from './collect-request.ts';
import { plainError, redactedError } from './plain-error.ts';
import type { CloudReport, CollectReport } from './report.ts';
import { createScratch } from './scratch.ts';

/**
 * Collects all enabled clouds and imports them (worker behaviour 6).
 *
 * @returns what became of every cloud, account, region and kind. It has an `error` when nothing was imported although something
 *   should have been
 * @throws the reason of the signal when the run was stopped
 */
export async function collect(services: CollectServices, request: CollectRequest): Promise<CollectReport> {
  const { observer, log } = services;
  const { task, signal } = request;
  const started = Date.now();
  const { enabled, unknown } = enabledCollectors(services, request);
  observer.runStarted?.({ task, clouds: enabled.map(({ cloud }) => cloud) });
  log.info('collect started', { task, clouds: enabled.map(({ cloud }) => cloud) });

  if (unknown.length > 0) tellUnknown(services, request, unknown);
  const { clouds, error } = await collectClouds(services, request, enabled, new Date(started));
  const failure = error ?? nothingImported(clouds) ?? (enabled.length === 0 ? noneInstalled(unknown) : undefined);
  const report: CollectReport = {
    task,
    startedAt: new Date(started).toISOString(),
    seconds: (Date.now() - started) / 1000,
    clouds,
    unknownCollectors: unknown,
    ...(failure === undefined ? {} : { error: redactedError(plainError(failure), services.secrets) }),
  };
  observer.runDone?.(report);
  signal.throwIfAborted();
  log.info('collect ended', { task, seconds: report.seconds, outcomes: outcomes(clouds) });
  return report;
}

async function collectClouds(
  services: CollectServices,
  request: CollectRequest,
  enabled: readonly RegisteredCollector[],
  startedAt: Date,
): Promise<{ readonly clouds: readonly CloudReport[]; readonly error?: unknown }> {
  const { log, core, spoolDirectory } = services;
  const { worker: settings } = request.configuration;
  if (enabled.length === 0 || settings.pool_size < 1) {
    log.error('nothing is collected', {
      reason: enabled.length === 0 ? 'no collector is enabled' : 'pool_size is below 1',
      installed: services.registry.collectors.map(({ cloud }) => cloud),
      hint: 'Name the clouds to collect in the setting collector.',
    });
    return { clouds: [] };
  }
  try {
    const scratch = await createScratch(settings.tempdir ?? spoolDirectory, request.task);
    try {
      await core.createGraph(settings.graph, request.signal);
      const run: RunContext = {
        scratch: scratch.directory,
        startedAt: formatTimestamp(startedAt) ?? '',
        uploads: limited(Math.max(settings.graph_sender_pool_size, 1)),
      };
      const clouds = limited(settings.pool_size);
      return {
        clouds: await Promise.all(
          enabled.map((collector) => clouds(() => runCloud(services, request, run, collector))),
        ),
      };
    } finally {
      await (settings.debug_dump_json ? scratch.keep() : scratch.remove());
    }
  } catch (error) {
    return { clouds: [], error };
  }
}

function enabledCollectors(
  { registry }: CollectServices,
  { configuration }: CollectRequest,
): { readonly enabled: readonly RegisteredCollector[]; readonly unknown: readonly string[] } {
  const named = configuration.worker.collector;
  const installed = registry.collectors.map(({ cloud }) => cloud);
  const unknown = named.filter((name) => !installed.includes(name));
  return { enabled: registry.collectors.filter(({ cloud }) => named.includes(cloud)), unknown };
}

function tellUnknown(
  { registry, log }: CollectServices,
  { feedback }: CollectRequest,
  unknown: readonly string[],
): void {
  const installed = registry.collectors.map(({ cloud }) => cloud);
  log.warn('collectors are not installed', { collectors: unknown, installed });
  for (const name of unknown) {
    feedback.info('error', `No plugin is installed for it. Installed: ${installed.join(', ') || 'none'}.`, [name]);
  }
}

function noneInstalled(unknown: readonly string[]): ConfigError | undefined {
  if (unknown.length === 0) return undefined;
  return new ConfigError(`No plugin is installed for ${unknown.join(', ')}`, {
    code: 'unknown_collector',
    hint: 'Install it beside the worker, or correct resotoworker.collector.',
    facts: { collectors: unknown },
  });
}

function nothingImported(clouds: readonly CloudReport[]): WorkerError | undefined {
  const failed = clouds.filter(({ outcome }) => outcome !== 'complete');
  const isImported = clouds.some(({ accounts }) => accounts.some(({ uploaded }) => uploaded));
  if (isImported || failed.length === 0) return undefined;
  const reasons = failed.map((cloud) => `${cloud.cloud}: ${reasonOf(cloud)}`);
  return new WorkerError('nothing_imported', `nothing was imported. ${reasons.join('; ')}`);
}

function reasonOf({ error, accounts, remarks }: CloudReport): string {
  const failed = accounts.find((account) => account.error !== undefined);
  const reason = error ?? failed?.error;
  if (reason === undefined) return remarks.find(({ level }) => level === 'error')?.message ?? 'no account was found';
  const others = accounts.length > 1 ? ` (and ${accounts.length - 1} more accounts)` : '';
  return `${errorAdvice(reason)}${others}`;
}

function outcomes(clouds: readonly CloudReport[]): Readonly<Record<string, string>> {
  return Object.fromEntries(clouds.map(({ cloud, outcome }) => [cloud, outcome]));
}

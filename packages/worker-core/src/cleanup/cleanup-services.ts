import { join } from 'node:path';
import type { CollectorInput } from '../collect/jobs.ts';
import type { ThreadPool } from '../collect/thread-pool.ts';
import type { Configuration } from '../config/configuration.ts';
import type { CoreClient } from '../core-client/core-client.ts';
import type { Feedback } from '../core-client/feedback.ts';
import type { Log } from '../log/log.ts';
import type { Secrets } from '../log/secrets.ts';
import type { PluginRegistry } from '../plugin/registry.ts';
import type { Generation } from '../protocol/generation.ts';
import type { CleanupMetrics } from './metrics.ts';
import type { PlanFile } from './plan-file.ts';
import type { JournalHead } from './journal.ts';

/** What cleanups have of the worker. */
export interface CleanupServices {
  readonly core: CoreClient;
  readonly pool: ThreadPool;
  readonly registry: PluginRegistry;
  readonly generation: Generation;
  readonly log: Log;
  readonly secrets: Secrets;
  /** State directory. */
  readonly dataDirectory: string;
  /** Subscriber id of the worker. */
  readonly worker: string;
  readonly metrics?: CleanupMetrics;
}

export interface CleanupRequest {
  /** What tells this run from others. The same again goes on with it. */
  readonly run: string;
  /** As it is in force when the run begins. */
  readonly configuration: Configuration;
  readonly feedback: Feedback;
  /** Aborted: nothing more is deleted. */
  readonly signal: AbortSignal;
  /** Only what is in it, and as it was then. */
  readonly plan?: PlanFile;
}

/** Files of the state directory. */
export interface CleanupFiles {
  readonly directory: string;
  readonly journal: string;
  readonly marks: string;
  /** The plan of the last dry run. */
  readonly dryRun: string;
  readonly approved: string;
}

export function cleanupFiles(dataDirectory: string): CleanupFiles {
  const directory = join(dataDirectory, 'cleanup');
  const file = (name: string): string => join(directory, name);
  return {
    directory,
    journal: file('journal.ndjson'),
    marks: file('marks.json'),
    dryRun: file('dry-run.json'),
    approved: file('approved.json'),
  };
}

/** How to reach a collector in a worker thread. Undefined: no plugin for the cloud is installed. */
export function collectorInput(
  { registry, generation }: Pick<CleanupServices, 'registry' | 'generation'>,
  configuration: Configuration,
  cloud: string,
): CollectorInput | undefined {
  const found = registry.collectors.find((collector) => collector.cloud === cloud);
  if (found === undefined) return undefined;
  const config = found.section === undefined ? {} : configuration.section(found.section.name);
  return { cloud, entry: found.package.entry, generation, config };
}

export function journalHead(
  { core, worker }: Pick<CleanupServices, 'core' | 'worker'>,
  graph: string,
  run: string,
): JournalHead {
  return { worker, core: core.connection.uri, graph, run };
}

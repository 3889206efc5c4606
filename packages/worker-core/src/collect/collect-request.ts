import type { Configuration } from '../config/configuration.ts';
import type { CoreClient } from '../core-client/core-client.ts';
import type { Feedback } from '../core-client/feedback.ts';
import type { Log } from '../log/log.ts';
import type { Secrets } from '../log/secrets.ts';
import type { PluginRegistry } from '../plugin/registry.ts';
import type { Generation } from '../protocol/generation.ts';
import type { ModelCache } from './model-cache.ts';
import type { AccountReport, CollectReport, Outcome } from './report.ts';
import type { ThreadPool } from './thread-pool.ts';

/** What collect runs have of the worker. */
export interface CollectServices {
  readonly core: CoreClient;
  /** Pre-shared key, for the connections of worker threads. */
  readonly psk: string | undefined;
  readonly pool: ThreadPool;
  readonly models: ModelCache;
  readonly registry: PluginRegistry;
  readonly generation: Generation;
  readonly log: Log;
  readonly secrets: Secrets;
  /** Parent of the directories of runs, unless the configuration names another one. */
  readonly spoolDirectory: string;
  readonly observer: CollectObserver;
  /** Milliseconds a core that went away during an upload is waited for. */
  readonly patience: number;
}

export interface CollectRequest {
  /** Id of the workflow run. */
  readonly task: string;
  /** As it is in force when the run begins. */
  readonly configuration: Configuration;
  readonly feedback: Feedback;
  /** Seconds since the epoch. */
  readonly lastRun?: number | undefined;
  readonly signal: AbortSignal;
}

/** Watches collect runs, for a terminal or for metrics. Nothing waits for it. */
export interface CollectObserver {
  runStarted?(run: { readonly task: string; readonly clouds: readonly string[] }): void;
  accountFound?(account: CollectPlace): void;
  regionProgress?(progress: CollectPlace & { readonly region: string; readonly state: 'started' | 'done' }): void;
  scopeDone?(
    scope: CollectPlace & { readonly kinds: readonly string[]; readonly region?: string; readonly outcome: Outcome },
  ): void;
  accountDone?(account: CollectPlace, report: AccountReport): void;
  runDone?(report: CollectReport): void;
}

/** An account, by the names people know. */
export interface CollectPlace {
  readonly task: string;
  readonly cloud: string;
  readonly account: string;
}

/** What main thread and worker threads say to each other. All of it is plain data. */
import type { CallAnswer, CleanupInput, KindDescription, RefusalsInput } from '../cleanup/resource.ts';
import type { CommandInput } from '../commands/command-job.ts';
import type { CoreConnectionOptions } from '../core-client/connection.ts';
import type { CoreTls } from '../core-client/tls/tls-options.ts';
import type { FinishedGraph } from '../graph/finished-graph.ts';
import type { LogLevel } from '../log/log-level.ts';
import type { LogRecord } from '../log/log-record.ts';
import type { AccountJob, Finding, Purpose } from '../plugin/contract.ts';
import type { Generation } from '../protocol/generation.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import type { KindJson } from '../protocol/model-json.ts';
import type { TagOrder, TagOutcome } from '../tagging/tag-order.ts';
import type { CallCount } from './call-counts.ts';
import type { FlaggedNodes } from './node-flags.ts';
import type { PlainError } from './plain-error.ts';
import type { Outcome, ScopeReport } from './report.ts';

/** Which collector, and how it is configured. */
export interface CollectorInput {
  readonly cloud: string;
  /** URL of the entry of the plugin package. */
  readonly entry: string;
  readonly config: JsonObject;
  readonly generation: Generation;
}

/** How a thread reaches the core by itself. */
export interface CoreAccess extends Pick<CoreConnectionOptions, 'uri' | 'psk'> {
  readonly graph: string;
  /** Whom to trust since the job began. What is renewed meanwhile counts for the next one. */
  readonly trust: CoreTls;
}

export interface AccountInput extends CollectorInput {
  readonly account: AccountJob;
  /** Where the graph is written; created by the job. */
  readonly directory: string;
  readonly core: CoreAccess;
  readonly mergeKind: MergeKind;
  /** Time of export on account nodes. */
  readonly exportedAt: string;
  /** Seconds a node may be carried over. */
  readonly carryOverMaxAge: number;
  readonly maxResources?: number | undefined;
  readonly lastRun?: number | undefined;
}

/** An account, and what it is to be used for. */
export interface CheckInput extends CollectorInput {
  readonly account: AccountJob;
  readonly purposes: readonly Purpose[];
}

/** Changes of tags that came at the same time. Their outcomes come as events. */
export interface TagInput extends CollectorInput {
  readonly orders: readonly TagOrder[];
}

export type MergeKind = 'account' | 'cloud';

/** A collected account: its graph on disk, and how complete it is. */
export interface AccountResult {
  readonly graph: FinishedGraph;
  readonly scopes: readonly ScopeReport[];
  /** Flags as they were written into the graph. */
  readonly flags: FlaggedNodes;
  /** Nodes of earlier collects that were kept for longer than the setting allows, and are left out now. */
  readonly expired: number;
}

export interface JobTypes {
  /** May this cloud be collected with what is at hand? */
  readonly autoEnable: { readonly input: CollectorInput; readonly result: boolean };
  /** Kinds of the collector and all they need. */
  readonly model: { readonly input: CollectorInput; readonly result: readonly KindJson[] };
  /** Yields its accounts as events. */
  readonly accounts: { readonly input: CollectorInput; readonly result: null };
  /** What is to be said of an account; nothing of it is changed. */
  readonly check: { readonly input: CheckInput; readonly result: readonly Finding[] };
  readonly collect: { readonly input: AccountInput; readonly result: AccountResult };
  /** The graph of an account as the core has it, as if all of it could not be listed. Null: the core does not know it. */
  readonly keep: { readonly input: AccountInput; readonly result: AccountResult | null };
  /** How the kinds of the collector are deleted. */
  readonly describeCleanup: { readonly input: CollectorInput; readonly result: readonly KindDescription[] };
  /** Why each resource is never deleted; null when it may be. */
  readonly cleanupRefusals: { readonly input: RefusalsInput; readonly result: readonly (string | null)[] };
  /** A call that changes an account, or asks whether a change has come about. Only the walk of a cleanup makes such jobs. */
  readonly cleanup: { readonly input: CleanupInput; readonly result: readonly CallAnswer[] };
  readonly tag: { readonly input: TagInput; readonly result: null };
  /** A custom command of a plugin. */
  readonly command: { readonly input: CommandInput; readonly result: JsonValue };
}

export type JobType = keyof JobTypes;
export type Job = {
  readonly [type in JobType]: { readonly type: type; readonly input: JobTypes[type]['input'] };
}[JobType];
export type JobResult = JobTypes[JobType]['result'];

export type JobEvent =
  | { readonly type: 'account'; readonly account: AccountJob }
  | { readonly type: 'tagged'; readonly outcomes: readonly TagOutcome[] }
  | { readonly type: 'region'; readonly region: string; readonly state: 'started' | 'done' }
  | { readonly type: 'scope'; readonly kinds: readonly string[]; readonly region?: string; readonly outcome: Outcome }
  | {
      readonly type: 'report';
      readonly level: 'info' | 'error';
      readonly message: string;
      readonly context: readonly string[];
    };

export type MessageToThread =
  | { readonly type: 'start'; readonly id: number; readonly job: Job }
  | { readonly type: 'abort'; readonly id: number; readonly reason: PlainError }
  | { readonly type: 'level'; readonly level: LogLevel };

export type MessageFromThread =
  | { readonly type: 'event'; readonly id: number; readonly event: JobEvent }
  | (JobEnd & { readonly type: 'done'; readonly result: JobResult })
  | (JobEnd & { readonly type: 'failed'; readonly error: PlainError })
  | { readonly type: 'log'; readonly record: LogRecord };

interface JobEnd {
  readonly id: number;
  /** What all jobs of the thread have called since the last one ended. */
  readonly calls: readonly CallCount[];
}

/** What a thread is told when it starts. */
export interface ThreadSetup {
  readonly logLevel: LogLevel;
}

/**
 * What a plugin package and the worker promise each other.
 *
 * A package announces itself in its `package.json` with `"resoto": { "plugin": { "contract": 1 } }` and exports `plugin`
 * from its entry. That entry is cheap to load: kinds and SDKs are reached through `load()`. Only worker threads call that of
 * collectors and commands; action plugins and services run in the main thread.
 */
import type { SectionDeclaration } from '../config/section.ts';
import type { GraphSink } from '../graph/graph-sink.ts';
import type { NodeKind, Permissions } from '../kinds/types.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { Generation } from '../protocol/generation.ts';
import type { ActionPlugin } from './action-contract.ts';
import type { CleanupSupport } from './cleanup-contract.ts';
import type { CommandDeclaration } from './command-contract.ts';
import type { ServicePlugin } from './service-contract.ts';

/**
 * Version of this contract. A worker takes plugins of exactly its own, and names the others. What is optional may be added without a
 * new one: a plugin that lacks it works as before, and an older worker does not look for it. There is a new one when something is
 * taken away, asked for, or means something else.
 */
export const contractVersion = 1;

/** What a package exports as `plugin`. All parts are optional, names have to be unique among all installed packages. */
export interface Plugin {
  readonly name: string;
  readonly collectors?: readonly CollectorPlugin[];
  readonly actions?: readonly ActionPlugin[];
  /** Offered to the core whether or not a cloud of the plugin is enabled. */
  readonly commands?: readonly CommandDeclaration[];
  readonly services?: readonly ServicePlugin[];
}

/** A cloud, without anything that is expensive to load. */
export interface CollectorPlugin {
  /** Unique name of the cloud: id of the cloud node, key for enabling. */
  readonly cloud: string;
  /** The plugin's section of the configuration document, named like the cloud unless it says otherwise. */
  readonly section?: SectionDeclaration;
  /** One sentence for people who have nothing configured yet: how this cloud is added. Absent for made-up clouds. */
  readonly setup?: string;
  /** A made-up cloud, shown when nobody configured a real one. */
  readonly sample?: boolean;
  readonly load: () => Promise<Collector>;
}

/** The log of the worker. Messages are constant, details are facts; secrets of the configuration are masked. */
export interface Logger {
  trace(message: string, facts?: Readonly<Record<string, unknown>>): void;
  debug(message: string, facts?: Readonly<Record<string, unknown>>): void;
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
  error(message: string, facts?: Readonly<Record<string, unknown>>): void;
}

/** An account to collect. Plain data: it travels to other threads and processes. */
export interface AccountJob {
  /** Id of the account in its cloud. */
  readonly id: string;
  readonly name: string;
  /** What the collector needs to collect it. Credentials are referred to (profile, role), not contained. */
  readonly data: JsonObject;
}

/**
 * How a call to a cloud ended: `done`, also when it says that there is nothing; `throttled`: the cloud asked for fewer calls;
 * `retried`: it failed and is sent again; `failed`: it failed for good.
 */
export type CallResult = 'done' | 'throttled' | 'retried' | 'failed';

/** What every call of a plugin is given. */
export interface PluginContext {
  /** Effective configuration of the plugin's section: every field has a value of its declared type. */
  readonly config: JsonObject;
  readonly generation: Generation;
  readonly log: Logger;
  /** Aborted when the run is stopped or its time is over. Hand it to every call that waits. */
  readonly signal: AbortSignal;
  /** Tells the core about a problem that is no outcome of a scope, for example a profile that cannot log in. */
  report(level: 'info' | 'error', message: string, context?: readonly string[]): void;
  /** Counts a call that was sent, for the metrics of the worker. Services are few names. Absent where nobody counts. */
  readonly countCall?: (service: string, result: CallResult) => void;
}

/** A part of an account that is listed by itself. What it held before is kept when it cannot be listed completely. */
export interface Scope {
  /** Names of all kinds whose nodes come from here. The first one names the scope. */
  readonly kinds: readonly string[];
  /** Region node the nodes hang below. Absent: they belong to the account. */
  readonly region?: { readonly id: string; readonly name: string };
}

/** What the collect of one account is given. */
export interface CollectContext extends PluginContext {
  readonly sink: GraphSink;
  /** Start of this run: the time to take for now, so that the same cloud gives the same graph. */
  readonly startedAt: Date;
  /** Start of the last finished run, seconds since the epoch. Metrics are asked for from then on. */
  readonly lastRun?: number;

  /**
   * Runs one part of the collect and records how it ended: complete, or by the code of the error thrown (`missing_permission`,
   * `service_disabled`, `throttled`, `timed_out`, any other is `failed`). An incomplete part is reported, and its nodes of the
   * last collect are carried over.
   *
   * @returns what the work returned, or undefined when it did not end
   * @throws only when the signal is aborted, the spool cannot be written or the login failed: that ends the account
   */
  scope<Result>(scope: Scope, work: () => Promise<Result>): Promise<Result | undefined>;

  /**
   * Records that a follow-up call of a scope failed (so a node was handed over with `missing` properties). The scope stays
   * complete. Equal problems are reported once, with their number.
   */
  incomplete(scope: Scope, error: unknown): void;

  /** Announces regions before they are collected, and says when one is done. */
  progress(region: string, state: 'started' | 'done'): void;
}

/** A stored node, as a plugin gets it that is asked to do something to it. */
export interface StoredResource {
  readonly nodeId: string;
  /**
   * The kind named by `reported.kind`: one of the collector, else a base kind. `resource` for a name that is not known, for
   * instance of another version of the plugin.
   */
  readonly kind: NodeKind;
  readonly reported: JsonObject;
  /** Properties of the nodes it belongs to. */
  readonly owners: Readonly<Partial<Record<'cloud' | 'account' | 'region' | 'zone', JsonObject>>>;
}

/** What is to become of the tags of a resource. No key is in both. */
export interface TagChanges {
  /** Goes first. A key that is not there (any more) is done. */
  readonly remove: readonly string[];
  /** The empty text is a value. */
  readonly update: Readonly<Record<string, string>>;
}

/** How a collector changes tags. Only the worker calls it, for tag tasks of the core. */
export interface TagSupport {
  /**
   * Changes tags in the cloud, in one call where the API takes several. Runs for many resources at the same time, but never
   * twice at once for the same one. Throws when nothing was changed.
   *
   * @returns why single keys could not be changed; all others are
   */
  change(resource: StoredResource, changes: TagChanges, context: PluginContext): Promise<ReadonlyMap<string, unknown>>;
}

/** What a permission is needed for: to collect, to change tags, or to delete. */
export type Purpose = keyof Permissions;

/** The purposes as verbs, for messages. */
export const purposeVerbs: Readonly<Record<Purpose, string>> = {
  collect: 'collect',
  tag: 'change tags',
  cleanup: 'clean up',
};

/** What a look at a set-up found: a line for whoever set it up. */
export interface Finding {
  /** `warn`: it works, but perhaps not as it was meant. `fail`: something does not work. */
  readonly status: 'ok' | 'warn' | 'fail';
  readonly what: string;
  /** What to do about it. */
  readonly advice?: string | undefined;
}

/** What is behind a cloud: loaded once in each worker thread that needs it. */
export interface Collector {
  /** All kinds this collector may hand over, without base kinds. */
  readonly kinds: readonly NodeKind[];
  /** May this cloud be collected with what is at hand (credentials in the environment)? Has 10 seconds. Absent: no. */
  autoEnable?(context: PluginContext): Promise<boolean>;
  /** Yields the accounts. Cheap. An account that cannot be used is reported and left out. Throws when nothing can be known. */
  accounts(context: PluginContext): AsyncIterable<AccountJob>;
  /** Streams one account into `context.sink`: the account node (child of `sink.cloud`) first. Throws when the account fails as a whole. */
  collect(account: AccountJob, context: CollectContext): Promise<void>;
  /**
   * A policy in the language of the cloud, ready to be attached, that allows what the kinds declare for a purpose and nothing else.
   * Absent: the cloud has no such language.
   */
  policy?(purpose: Purpose): string;
  /**
   * Looks whether an account can be used with the configured credentials, and which permissions are missing. Changes nothing. What it
   * throws is a finding as well. Absent: `accounts` finding it is all that is known.
   */
  check?(account: AccountJob, purposes: readonly Purpose[], context: PluginContext): AsyncIterable<Finding>;
  /** Absent: nothing of this cloud can be tagged. */
  readonly tags?: TagSupport;
  /** Absent: nothing of this cloud can be deleted. */
  readonly cleanup?: CleanupSupport;
}

/**
 * How a collector deletes.
 *
 * @example
 * export const collector: Collector = {
 *   kinds, accounts, collect,
 *   cleanup: {
 *     describe: (kind) => (kind === box ? { batch: 20 } : undefined),
 *     open: async (account, context) => {
 *       const client = writeClient(account, context);
 *       return {
 *         delete: (boxes, signal) => Promise.all(boxes.map(({ reported }) => client.delete(reported.id, signal))),
 *         exists: (boxes, signal) => client.exist(boxes.map(({ reported }) => reported.id), signal),
 *       };
 *     },
 *   },
 * };
 */
import type { NodeKind } from '../kinds/types.ts';
import type { EdgeType } from '../protocol/graph-line.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { AccountJob, PluginContext, StoredResource } from './contract.ts';

/** What a collector promises about the deletion of a kind. Plain data. */
export interface KindCleanup {
  /** Part of the cloud whose calls are limited together, for instance `ec2`. Default: all kinds of the collector. */
  readonly service?: string;
  /** Resources one call of `delete` may take. Default: 1. */
  readonly batch?: number;
  /** Resources one call of `exists` may take. Default: 100. */
  readonly existsBatch?: number;
  /** What has to be done before the deletion itself. Absent: nothing. */
  readonly prepare?: PreDeleteStep;
  /** Kinds of direct neighbours that the calls want to see: they come as `neighbours`. */
  readonly needs?: readonly string[];
  /**
   * What goes together with a resource of this kind, because the cloud or the step removes it too. A resource that takes one
   * that is protected is not deleted; one that takes what is not marked says so in the plan.
   */
  readonly takes?: readonly TakenKind[];
  /** Some resources of this kind are never deleted: {@link CleanupSupport.refuse} is asked about each. */
  readonly refuses?: boolean;
  /** Seconds the cloud may take to finish a deletion it has accepted. Default: 30 minutes. */
  readonly patience?: number;
}

/** Nodes to which a default edge leads from the resource that takes them. */
export interface TakenKind {
  /** Name of their kind, or of a base of it. */
  readonly kind: string;
  /**
   * Path of a property of theirs that has to be true, or true in one of several: `volume_attachments[].delete_on_termination`.
   * Absent: they always go.
   */
  readonly when?: string;
}

/** A change to the resource that makes its deletion possible. Has to be repeatable: after a crash it runs once more. */
export interface PreDeleteStep {
  /** Resources one call may take. Default: 1. */
  readonly batch?: number;
  /**
   * Kinds with which the step cuts the tie that the delete edges between them and this kind stand for, whichever way they lead.
   * Breaks cycles: after the step, whoever waited for the resource to be gone need not wait any more.
   */
  readonly breaks?: readonly string[];
}

/** A resource to be deleted. All resources of a call are of one kind and in one region of one account. */
export interface CleanupResource extends StoredResource {
  readonly metadata: JsonObject;
  /** Nodes of the kinds in `needs` that an edge connects with it. */
  readonly neighbours: readonly Neighbour[];
}

/** A node an edge connects with a resource that is to be deleted. */
export interface Neighbour {
  readonly nodeId: string;
  readonly kind: string;
  readonly reported: JsonObject;
  readonly edgeType: EdgeType;
  /** Seen from the resource: `out` leads from it to the neighbour. */
  readonly direction: 'in' | 'out';
  /** Neither gone nor to be deleted as well. */
  readonly stays: boolean;
}

/**
 * What became of one resource in a call that others survived.
 *
 * Codes of `error` that mean something: `throttled` is tried again, `resource_in_use` for as long as anything else is on its way
 * that may be what holds it; `missing_permission` and `login_failed` are final. Of every other error nobody knows whether the call
 * had its effect, so `exists` is asked. What is still there then is tried again a few times after `provider_failed`, `timed_out`,
 * `unexpected_answer`, an error of the connection or one without code.
 */
export interface FailedCall {
  readonly error: unknown;
}

/**
 * The cloud or the plugin will not do it, as it turned out in the call. Not an error, and not tried again. What can be known without
 * a call is told by {@link CleanupSupport.refuse}.
 */
export interface RefusedCall {
  readonly refused: string;
}

export type PrepareResult = 'done' | 'already_gone' | FailedCall | RefusedCall;
/** `deleted`: it is gone. `requested`: the cloud goes on with it, and `exists` tells when it is gone. */
export type DeleteResult = 'deleted' | 'requested' | 'already_gone' | FailedCall | RefusedCall;
/** Does it exist? A resource whose deletion goes on still exists. */
export type ExistsResult = boolean | FailedCall;

/**
 * An account that may be changed. Each function gives one result per resource, in their order. It throws when none of them was
 * touched, or when nobody knows: then each resource is tried by itself. The signal is aborted only when the time of the call is over.
 */
export interface AccountCleanup {
  /** Needed when a kind declares a step. */
  prepare?(resources: readonly CleanupResource[], signal: AbortSignal): Promise<readonly PrepareResult[]>;
  delete(resources: readonly CleanupResource[], signal: AbortSignal): Promise<readonly DeleteResult[]>;
  exists(resources: readonly CleanupResource[], signal: AbortSignal): Promise<readonly ExistsResult[]>;
  /** Called when the account was not needed for a while. */
  close?(): void;
}

/** How a collector deletes: what it promises of each kind, and an account that may be changed. */
export interface CleanupSupport {
  /** How a kind is deleted. Undefined: it cannot be. Asked also for plans and dry runs: calls nothing. */
  describe(kind: NodeKind): KindCleanup | undefined;
  /**
   * Why a resource of a kind that declares `refuses` is never deleted, for example a default network; undefined when it may be. Asked
   * for plans and dry runs, and again before each call of `prepare` and `delete`, which get no resource that is refused. Calls
   * nothing. The more neighbours stay, the more it may refuse.
   */
  refuse?(resource: CleanupResource): string | undefined;
  /**
   * Opens an account for changes. The only place where a client that may change something is made: neither a collect, nor a
   * plan, nor a dry run gets here. The context belongs to the opened account, and its signal to the thread.
   */
  open(account: AccountJob, context: PluginContext): Promise<AccountCleanup>;
}

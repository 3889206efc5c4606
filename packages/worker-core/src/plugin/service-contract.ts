/**
 * What a plugin and the worker promise each other about a service: a part that runs as long as the worker does, for instance to
 * tell people what happens. It runs in the main thread: it may wait, but not compute for long.
 */
import type { SectionDeclaration } from '../config/section.ts';
import type { GraphRow, NodeRow } from '../protocol/graph-line.ts';
import type { JsonValue } from '../protocol/json.ts';
import type { CoreEvent } from '../protocol/messages.ts';
import type { PluginContext } from './contract.ts';

/** A service, without anything that is expensive to load. */
export interface ServicePlugin {
  /** Unique among all services; names it in log, health and metrics. */
  readonly name: string;
  /** Its settings. It runs when `enabled` is true. */
  readonly section: SectionDeclaration;
  readonly load: () => Promise<Service>;
}

/** What is behind it: loaded when it is enabled. */
export interface Service {
  /**
   * Runs until the signal of its context is aborted. One that returns earlier has nothing to do any more; one that throws is
   * started again after a pause, which grows with each time. Whatever it opened has to be closed when its signal is aborted, which
   * also happens when it ended.
   */
  run(context: ServiceContext): Promise<void>;
}

/** What one run of a service is given. */
export interface ServiceContext extends Pick<PluginContext, 'config' | 'generation' | 'log' | 'signal'> {
  readonly core: ServiceCore;
}

/** What a service may ask of the core. */
export interface ServiceCore {
  /** Nodes of a query. Paths without leading `/` are in the section `reported`. */
  nodes(query: string): AsyncIterable<NodeRow>;
  /** Nodes and edges of a query. */
  nodesAndEdges(query: string): AsyncIterable<GraphRow>;
  /**
   * Events as they come, for instance `error`, `task_end` or `progress`, until the signal of the service is aborted. What happens
   * while there is no connection is not heard of, and of a thousand that wait to be read the oldest are left out.
   */
  events(...types: readonly string[]): AsyncIterable<CoreEvent>;
  /** Runs a command line. It is not sent again once the core may have seen it. */
  execute(command: string): AsyncIterable<JsonValue>;
}

/**
 * What a plugin and the worker promise each other that takes part in a step of a workflow, for instance to plan a cleanup.
 * It runs in the main thread: it may wait for the core, but not compute for long.
 */
import type { SectionDeclaration } from '../config/section.ts';
import type { GraphRow, NodeRow } from '../protocol/graph-line.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import type { PluginContext } from './contract.ts';

/** An action plugin, without anything that is expensive to load. */
export interface ActionPlugin {
  /** Part of the subscriber id, so it is seen at the core: `<worker>-actions-<action>-<class name>`. */
  readonly className: string;
  /** The step it takes part in, for instance `cleanup_plan`. */
  readonly action: string;
  /**
   * Its settings. It takes part when `enabled` is true. With `dry_run` nothing is changed: what would be is told.
   */
  readonly section: SectionDeclaration;
  /**
   * Asked once when the worker starts: may it take part? False ends it without a word, an error ends it too and is told. Has 30
   * seconds. Absent: yes.
   */
  readonly bootstrap?: (context: BootstrapContext) => Promise<boolean>;
  readonly load: () => Promise<ActionRun>;
}

/** What the question whether it takes part is given. */
export type BootstrapContext = Pick<PluginContext, 'config' | 'generation' | 'log' | 'signal'>;

/** What is behind it: loaded with its first action. */
export interface ActionRun {
  /** Does its part in one run of the workflow. What it throws is the answer, and what it had not written yet is not written. */
  run(context: ActionContext): Promise<void>;
}

/** What one run is given. */
export interface ActionContext extends PluginContext {
  /** Of the action: id of the workflow run, step, times of the last finished run, and whatever else the core sent. */
  readonly data: JsonObject;
  /** Start of the last finished collect, seconds since the epoch. Absent: the core does not know of one. */
  readonly lastCollect?: number;
  readonly now: Date;
  readonly graph: ActionGraph;
}

/**
 * The graph at the core. Changes are written in batches, at the latest when the run ends. A node that changed meanwhile
 * is read again before: one that was protected by then is not marked.
 */
export interface ActionGraph {
  /** Nodes of a query. Paths without leading `/` are in the section `reported`. */
  nodes(query: string): AsyncIterable<NodeRow>;
  /** Nodes and edges of a query. */
  nodesAndEdges(query: string): AsyncIterable<GraphRow>;
  /**
   * Marks a node for the next cleanup, with the reason in its event log. A node that is protected, cleaned or no thing of its own
   * is left alone, and one that is marked stays as it is.
   */
  mark(node: NodeRow, reason: string): Promise<void>;
  /** Takes the mark away. */
  unmark(node: NodeRow, reason: string): Promise<void>;
  /** Protects a node from being marked and deleted. Only people take that away. */
  protect(node: NodeRow, reason: string): Promise<void>;
  /** Writes into the event log of a node and changes nothing else. */
  note(node: NodeRow, message: string): Promise<void>;
  /** A node that cannot be judged. Nodes are counted by reason, and told when the run ends. */
  leave(node: NodeRow, reason: string): void;
  /** Changes a tag in the cloud, through the worker that owns it. */
  tag(node: NodeRow, key: string, value: string, reason: string): Promise<void>;
  /** Runs a command line that changes something. Not in a dry run. */
  execute(command: string): AsyncIterable<JsonValue>;
}

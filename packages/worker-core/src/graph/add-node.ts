import { PluginError } from '../errors.ts';
import { check } from '../kinds/check.ts';
import type { NodeKind } from '../kinds/types.ts';
import { stringifyJson } from '../protocol/json.ts';
import { defaultMaxLength } from '../protocol/ndjson.ts';
import { nodeIdBytes, nodeIdText } from '../protocol/node-id.ts';
import type { NodeInput } from './graph-sink.ts';
import type { GraphState } from './graph-state.ts';
import { finiteMetrics, withDefaults, type NodeState } from './node-line.ts';
import type { NodeType } from './node-type.ts';
import { ownersBelow } from './owners.ts';

/** Adds what a collector hands over. Returns the node's number, or that of the node that stands for it. */
export function addNode(graph: GraphState, kind: NodeKind, input: NodeInput): number {
  graph.assertUsable();
  const { missing = [] } = input;
  const parent = known(graph, input.parent);
  const number = graph.types.numberOf(kind);
  if (number === undefined) return refuse(graph, kind, parent, 'the collector does not declare this kind');
  const id = idText(input.reported['id']);
  if (id === undefined) return refuse(graph, kind, parent, 'without id');
  const type = graph.types.get(number);
  const checked = check(type.checkedAs, withDefaults(kind, input.reported, id, graph.creationTag));
  if (!checked.complete)
    return refuse(graph, kind, parent, `${id} without ${checked.problems.at(-1)?.path ?? 'a property'}`);

  const owners = ownersOf(graph, type, id, parent, input);
  const key = { bytes: nodeIdBytes(type.identity(checked.reported, id, graph.owners.get(owners))) };
  const first = graph.nodes.find(key);
  if (first !== undefined) return addDuplicate(graph, kind, first, parent);
  const second = secondOf(graph, type);
  if (second !== undefined) {
    refuse(graph, kind, parent, `${id} is a second ${second}`);
    return second === 'account' ? (graph.account ?? parent) : parent;
  }

  // From here on the node counts, so whatever the collector's data may break has to come before.
  const sections = {
    state: stateOf(graph, type, missing),
    metadata: input.metadata,
    usage: input.usage && finiteMetrics(input.usage),
  };
  const line = graph.line(nodeIdText(key.bytes), kind, checked, sections);
  const text = stringifyJson(line);
  if (Buffer.byteLength(text) > defaultMaxLength)
    return refuse(graph, kind, parent, `${id} is longer than a line may be`);
  const node = graph.addNode({ key, type: number, owners });
  if (type.owns === 'account') graph.setAccount(node, parent);
  else graph.edges.setParent(node, parent);
  if (type.isOrganizationalRoot) graph.organizationalRoot = node;
  if (missing.length > 0) {
    graph.spool.hold({ node, line, missing });
  } else {
    graph.spool.add(node, text);
    graph.references.addTarget(node, type.references, checked.reported);
  }
  graph.addWrongProperties(kind, id, checked);
  if (input.answer !== undefined) graph.references.addOpen(node, type.references, input.answer);
  return node;
}

/** The number behind a reference a collector was given. */
export function known(graph: GraphState, ref: number): number {
  if (Number.isInteger(ref) && ref >= 0 && ref < graph.nodes.size) return ref;
  throw new PluginError(`No node of this graph has the reference ${ref}`, {
    code: 'unknown_node',
    hint: 'A collector may use only what the sink of the same account has returned.',
  });
}

function refuse(graph: GraphState, kind: NodeKind, parent: number, reason: string): number {
  graph.problems.add('refused_node', kind.fqn, () => `${reason}, below ${graph.text(parent)}`);
  return parent;
}

/** What there may be only one of, and is (protocol 7.7). The cloud always is. */
function secondOf({ account, organizationalRoot }: GraphState, type: NodeType): string | undefined {
  if (type.owns === 'cloud') return 'cloud';
  if (type.owns === 'account' && account !== undefined) return 'account';
  return type.isOrganizationalRoot && organizationalRoot !== undefined ? 'organizational root' : undefined;
}

function addDuplicate(graph: GraphState, kind: NodeKind, first: number, parent: number): number {
  graph.problems.add('duplicate_node', kind.fqn, () => {
    const firstParent = graph.nodes.parents.get(first);
    return `${graph.text(first)} below ${graph.text(firstParent)} and again below ${graph.text(parent)}`;
  });
  return first;
}

function ownersOf(graph: GraphState, type: NodeType, id: string, parent: number, input: NodeInput): number {
  const inherited = graph.nodes.owners(parent);
  if (type.owns === undefined && input.owners === undefined) return inherited;
  const self = type.owns === undefined ? undefined : ([type.owns, id] as const);
  return graph.owners.add(ownersBelow(graph.owners.get(inherited), self, input.owners));
}

function stateOf(graph: GraphState, type: NodeType, missing: readonly string[]): NodeState {
  return {
    ...(type.owns === 'account' && graph.accountState()),
    ...(missing.length > 0 && { incomplete: missing }),
  };
}

function idText(id: unknown): string | undefined {
  if (typeof id === 'string') return id;
  return typeof id === 'number' || typeof id === 'bigint' ? String(id) : undefined;
}

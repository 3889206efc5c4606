import { check } from '../kinds/check.ts';
import type { EdgeType, NodeRow } from '../protocol/graph-line.ts';
import { isJsonObject, stringifyJson, type JsonObject, type JsonValue } from '../protocol/json.ts';
import { cloudNode, type GraphState } from './graph-state.ts';
import type { NodeState } from './node-line.ts';
import { nodeKey } from './node-table.ts';
import { noOwners, ownersBelow, type OwnerIds } from './owners.ts';

/** Adds a node the core has, marked as carried. False when it is here already, or cannot be sent any more. */
export function carryNode(graph: GraphState, row: NodeRow): boolean {
  graph.assertUsable();
  const key = nodeKey(row.id);
  if (graph.nodes.find(key) !== undefined) return false;
  const fqn = kindOf(row);
  const kind = graph.options.registry.get(fqn);
  const number = kind && graph.types.numberOf(kind);
  if (kind === undefined || number === undefined) return refuse(graph, fqn, `${row.id} is of a kind that is no more`);
  const type = graph.types.get(number);
  const isAccount = type.owns === 'account';
  if (type.owns === 'cloud' || (isAccount && graph.account !== undefined)) return false;
  const checked = check(type.checkedAs, row.reported);
  if (!checked.complete)
    return refuse(graph, fqn, `${row.id} without ${checked.problems.at(-1)?.path ?? 'a property'}`);

  const state = { ...stateOf(row, graph.now), ...(isAccount && graph.accountState(row.metadata)) };
  const line = graph.line(row.id, kind, checked, { state, metadata: row.metadata, usage: metricsOf(row) });
  const node = graph.addNode({ key, type: number, owners: graph.owners.add(ownersOf(row)) });
  graph.spool.add(node, stringifyJson(line));
  graph.carried += 1;
  if (isAccount) graph.setAccount(node, cloudNode);
  else graph.edges.addLoose();
  graph.addWrongProperties(kind, row.id, checked);
  graph.references.addTarget(node, type.references, checked.reported);
  return true;
}

/** Adds an edge the core has, when both of its nodes are here. */
export function carryEdge(graph: GraphState, from: string, to: string, type: EdgeType): void {
  const source = graph.nodes.find(nodeKey(from));
  const target = graph.nodes.find(nodeKey(to));
  if (source !== undefined && target !== undefined) graph.addEdge(source, target, type);
  else graph.problems.add('unknown_end', `${type} edges`, () => `${from} → ${to}`);
}

function refuse(graph: GraphState, kind: string, reason: string): false {
  graph.problems.add('refused_node', kind, () => `kept node ${reason}`);
  return false;
}

// `desired` is not sent again: the core keeps it when it is absent, also what a user changes meanwhile.
function stateOf({ metadata = {} }: NodeRow, now: string): NodeState {
  const { carried, carried_since: since, incomplete } = metadata;
  return {
    protected: metadata['protected'] === true,
    cleaned: metadata['cleaned'] === true,
    carriedSince: carried === true && typeof since === 'string' ? since : now,
    incomplete,
  };
}

function kindOf({ reported: { kind } }: NodeRow): string {
  return typeof kind === 'string' ? kind : 'a node without kind';
}

/** Owners by the ancestors the core found. */
function ownersOf({ ancestors = {} }: NodeRow): OwnerIds {
  const idOf = (kind: string): string | null => {
    const id = member(member(ancestors[kind], 'reported'), 'id');
    return typeof id === 'string' ? id : null;
  };
  const explicit = { cloud: idOf('cloud'), account: idOf('account'), region: idOf('region'), zone: idOf('zone') };
  return ownersBelow(noOwners, undefined, explicit);
}

/** The metrics of a stored usage section, without the times the core has added. */
function metricsOf({ usage = {} }: NodeRow): JsonObject {
  return Object.fromEntries(Object.entries(usage).filter(([, statistics]) => isJsonObject(statistics)));
}

function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(value) ? value[name] : undefined;
}

import { isJsonObject } from '@resoto/worker-core/plugin';
import type { CleanupResource, EdgeType, JsonObject, Neighbour, NodeKind } from '@resoto/worker-core/plugin';
import type { TestCollect } from '@resoto/worker-core/testing';

import { describeCleanup } from '../src/changes/describe.ts';
import { collector } from '../src/collector.ts';
import { textOf } from '../src/values.ts';

/** What a core would have after a collect. */
export interface StoredNodes {
  readonly nodes: readonly CleanupResource[];
  /** Delete edges: the second node has to go before the first. */
  readonly waits: readonly (readonly [from: string, to: string])[];
}

const kinds = new Map(collector.kinds.map((kind): [string, NodeKind] => [kind.fqn, kind]));

/** Nodes of a collected account as plugins get them, all of them marked. */
export function storedNodes({ lines }: TestCollect): StoredNodes {
  const reported = new Map<string, JsonObject>();
  for (const { id, reported: properties } of lines.nodes) if (isJsonObject(properties)) reported.set(id, properties);
  const edges = lines.edges.map(({ from, to, edge_type: edgeType = 'default' }) => ({ from, to, edgeType }));
  const region = regions(reported, edges);
  const account = [...reported.values()].find(({ kind }) => kind === 'aws_account') ?? {};
  const neighbours = new Map<string, Neighbour[]>();
  for (const { from, to, edgeType } of edges) {
    add(neighbours, from, neighbour(to, reported, edgeType, 'out'));
    add(neighbours, to, neighbour(from, reported, edgeType, 'in'));
  }
  const nodes = [...reported].flatMap(([nodeId, properties]): CleanupResource[] => {
    const kind = kinds.get(textOf(properties['kind']));
    if (kind === undefined) return [];
    const own = region.get(nodeId);
    const owners = { account, ...(own !== undefined && { region: own }) };
    const needs = describeCleanup(kind)?.needs ?? [];
    const needed = (neighbours.get(nodeId) ?? []).filter((other) => needs.includes(other.kind));
    return [{ nodeId, kind, reported: properties, owners, metadata: {}, neighbours: needed }];
  });
  const waits = edges.filter(({ edgeType }) => edgeType === 'delete').map(({ from, to }) => [from, to] as const);
  return { nodes, waits };
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly edgeType: EdgeType;
}

/** Region of each node: what default edges lead to from a region. */
function regions(reported: ReadonlyMap<string, JsonObject>, edges: readonly Edge[]): Map<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  const open = [...reported].filter(([, { kind }]) => kind === 'aws_region').map(([id]) => id);
  for (const id of open) found.set(id, reported.get(id) ?? {});
  const next = new Map<string, string[]>();
  for (const { from, to, edgeType } of edges) {
    if (edgeType === 'default') next.set(from, [...(next.get(from) ?? []), to]);
  }
  for (let id = open.shift(); id !== undefined; id = open.shift()) {
    for (const to of next.get(id) ?? []) {
      if (found.has(to)) continue;
      found.set(to, found.get(id) ?? {});
      open.push(to);
    }
  }
  return found;
}

function neighbour(
  nodeId: string,
  reported: ReadonlyMap<string, JsonObject>,
  edgeType: Edge['edgeType'],
  direction: 'in' | 'out',
): Neighbour {
  const properties = reported.get(nodeId) ?? {};
  return { nodeId, kind: textOf(properties['kind']), reported: properties, edgeType, direction, stays: false };
}

function add(map: Map<string, Neighbour[]>, id: string, one: Neighbour): void {
  const known = map.get(id);
  if (known === undefined) map.set(id, [one]);
  else known.push(one);
}

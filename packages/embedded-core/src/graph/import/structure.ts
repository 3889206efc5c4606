import type { Owner } from '../schema.ts';

/** What a node of a body is, as bits. */
export const ROLE_MISSING = 1;
export const ROLE_GRAPH_ROOT = 2;
export const ROLE_ORGANIZATIONAL_ROOT = 4;
/** Marked as replace node, and of a kind that can be one. */
export const ROLE_REPLACE = 8;
export const ROLE_OWNER: Readonly<Record<Owner, number>> = { cloud: 16, account: 32, region: 64, zone: 128 };

/** A body as numbers: nodes are counted from 0, edges are parallel lists. Type 0 is `default`. */
export interface Body {
  readonly roles: Int32Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly types: Int32Array;
}

export interface Structure {
  readonly root: number;
  /** The nodes whose stored content the body replaces. */
  readonly replace: readonly number[];
  /** The default ancestors of the replace nodes. */
  readonly parents: readonly number[];
  /** The nearest owner of each node over default edges, itself included; -1 for none. */
  readonly owners: Readonly<Record<Owner, Int32Array>>;
}

/** A rule of protocol 7.7 is broken. `nodes` are the ones to name, most telling first. */
export interface Broken {
  readonly reason: string;
  readonly nodes: readonly number[];
}

/** Checks the structure rules of a body and finds replace nodes and owners (protocol 7.7, 7.8). */
export function analyse(body: Body): Structure | Broken {
  const count = body.roles.length;
  const missing = body.roles.findIndex((role) => (role & ROLE_MISSING) !== 0);
  if (missing !== -1) return { reason: 'an edge names a node that has no line', nodes: [missing] };
  const organizational = indexes(body.roles, (role) => (role & ROLE_ORGANIZATIONAL_ROOT) !== 0);
  if (organizational.length > 1) return { reason: 'there is more than one organizational_root', nodes: organizational };

  const roots = withoutIncoming(count, body.to);
  const root = roots[0];
  if (root === undefined) return { reason: 'no node is without incoming edges, so there is no root', nodes: [] };
  if (roots.length > 1) return { reason: `there are ${roots.length} roots instead of one`, nodes: roots };

  const children = adjacency(count, body.from, body.to, (edge) => body.types[edge] === 0);
  const order = topological(count, children);
  if (order === undefined) return { reason: 'default edges form a cycle', nodes: findCycle(count, children) };

  const parentsOf = adjacency(count, body.to, body.from, (edge) => body.types[edge] === 0);
  const successors = adjacency(count, body.from, body.to, () => true);
  const replace = replaceNodes(root, successors, body.roles);
  if (replace.length === 0) {
    return { reason: 'no cloud, account, region or zone is marked with metadata.replace', nodes: [root] };
  }
  const parents = ancestors(replace, parentsOf);
  const reached = reach(replace, parents, successors);
  if ('overlap' in reached) {
    return {
      reason: 'a node can be reached from two replace nodes; use a deferred edge between them',
      nodes: reached.overlap,
    };
  }
  return { root, replace, parents, owners: ownersOf(order, parentsOf, body.roles, reached.from) };
}

/** The edges of each node in order of appearance: those of node n are `ends[starts[n]]` up to `ends[starts[n + 1]]`. */
interface Adjacency {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

function adjacency(count: number, from: Int32Array, to: Int32Array, takes: (edge: number) => boolean): Adjacency {
  const starts = new Int32Array(count + 1);
  for (let edge = 0; edge < from.length; edge++) if (takes(edge)) increment(starts, item(from, edge) + 1);
  for (let node = 0; node < count; node++) starts[node + 1] = item(starts, node + 1) + item(starts, node);
  const ends = new Int32Array(item(starts, count));
  const next = starts.slice();
  for (let edge = 0; edge < from.length; edge++) {
    if (takes(edge)) ends[increment(next, item(from, edge))] = item(to, edge);
  }
  return { starts, ends };
}

function neighbours({ starts, ends }: Adjacency, node: number): Int32Array {
  return ends.subarray(starts[node], starts[node + 1]);
}

function withoutIncoming(count: number, to: Int32Array): number[] {
  const incoming = new Uint8Array(count);
  for (const node of to) incoming[node] = 1;
  return indexes(incoming, (seen) => seen === 0);
}

/** Parents before children; undefined when there is a cycle. */
function topological(count: number, children: Adjacency): Int32Array | undefined {
  const open = new Int32Array(count);
  for (const child of children.ends) increment(open, child);
  const order = new Int32Array(count);
  let length = 0;
  for (let node = 0; node < count; node++) if (open[node] === 0) order[length++] = node;
  for (let next = 0; next < length; next++) {
    for (const child of neighbours(children, item(order, next))) {
      open[child] = item(open, child) - 1;
      if (open[child] === 0) order[length++] = child;
    }
  }
  return length === count ? order : undefined;
}

/** The nodes of one cycle in order, the first one again at the end. */
function findCycle(count: number, children: Adjacency): number[] {
  const state = new Uint8Array(count);
  for (let start = 0; start < count; start++) {
    if (state[start] !== 0) continue;
    const path = [{ node: start, next: 0 }];
    state[start] = 1;
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const child = neighbours(children, top.node)[top.next++];
      if (child === undefined) {
        state[top.node] = 2;
        path.pop();
      } else if (state[child] === 1) {
        const nodes = path.map(({ node }) => node);
        return [...nodes.slice(nodes.indexOf(child)), child];
      } else if (state[child] === 0) {
        state[child] = 1;
        path.push({ node: child, next: 0 });
      }
    }
  }
  return [];
}

/** Marked nodes reached from the root without passing another marked node. */
function replaceNodes(root: number, successors: Adjacency, roles: Int32Array): number[] {
  const seen = new Uint8Array(roles.length);
  const queue = [root];
  const found: number[] = [];
  seen[root] = 1;
  for (const node of queue) {
    if ((item(roles, node) & ROLE_REPLACE) !== 0) {
      found.push(node);
      continue;
    }
    for (const next of neighbours(successors, node)) {
      if (seen[next] === 1) continue;
      seen[next] = 1;
      queue.push(next);
    }
  }
  return found;
}

function ancestors(nodes: readonly number[], parentsOf: Adjacency): number[] {
  const found = new Set<number>();
  const queue = [...nodes];
  for (const node of queue) {
    for (const parent of neighbours(parentsOf, node)) {
      if (found.has(parent)) continue;
      found.add(parent);
      queue.push(parent);
    }
  }
  for (const node of nodes) found.delete(node);
  return [...found];
}

/**
 * The replace node each node is reached from, -1 for none; or a node reached from two, with these two. Edges back to the
 * parents are allowed and not followed.
 */
function reach(
  replace: readonly number[],
  parents: readonly number[],
  successors: Adjacency,
): { readonly from: Int32Array } | { readonly overlap: number[] } {
  const reachedFrom = new Int32Array(successors.starts.length - 1).fill(-1);
  const above = new Set(parents);
  for (const start of replace) {
    if (reachedFrom[start] !== -1) return { overlap: [start, start, item(reachedFrom, start)] };
    reachedFrom[start] = start;
    const queue = [start];
    for (const node of queue) {
      for (const next of neighbours(successors, node)) {
        if (reachedFrom[next] === start || above.has(next)) continue;
        if (reachedFrom[next] !== -1) return { overlap: [next, start, item(reachedFrom, next)] };
        reachedFrom[next] = start;
        queue.push(next);
      }
    }
  }
  return { from: reachedFrom };
}

function ownersOf(
  order: Int32Array,
  parentsOf: Adjacency,
  roles: Int32Array,
  reachedFrom: Int32Array,
): Record<Owner, Int32Array> {
  const find = (role: number): Int32Array => {
    const owner = nearest(order, parentsOf, roles, role);
    // What hangs on its replace node by other edges alone would otherwise belong to nobody, and never be deleted.
    reachedFrom.forEach((from, node) => {
      if (from !== -1 && owner[node] === -1 && (item(roles, from) & role) !== 0) owner[node] = from;
    });
    return owner;
  };
  return {
    cloud: find(ROLE_OWNER.cloud),
    account: find(ROLE_OWNER.account),
    region: find(ROLE_OWNER.region),
    zone: find(ROLE_OWNER.zone),
  };
}

/** The nearest ancestor with a role; of two equally near ones that of the parent whose edge came first. */
function nearest(order: Int32Array, parentsOf: Adjacency, roles: Int32Array, role: number): Int32Array {
  const owner = new Int32Array(order.length).fill(-1);
  const distance = new Int32Array(order.length).fill(0x7fffffff);
  for (const node of order) {
    if ((item(roles, node) & role) !== 0) {
      owner[node] = node;
      distance[node] = 0;
      continue;
    }
    for (const parent of neighbours(parentsOf, node)) {
      if (owner[parent] === -1 || item(distance, parent) + 1 >= item(distance, node)) continue;
      owner[node] = item(owner, parent);
      distance[node] = item(distance, parent) + 1;
    }
  }
  return owner;
}

function indexes(items: Int32Array | Uint8Array, takes: (item: number) => boolean): number[] {
  const found: number[] = [];
  items.forEach((value, index) => {
    if (takes(value)) found.push(index);
  });
  return found;
}

/** An element that is known to exist. */
function item(items: Int32Array, index: number): number {
  return items[index] ?? 0;
}

/** Adds one to an element; gives what it was before. */
function increment(items: Int32Array, index: number): number {
  const before = item(items, index);
  items[index] = before + 1;
  return before;
}

/** Short ways to write graphs for tests of the cleanup. */
import { Selector, type Selection } from '../cleanup/select.ts';
import type { Rules } from '../cleanup/judge.ts';
import type { KindDescription } from '../cleanup/resource.ts';
import type { KindCleanup } from '../plugin/cleanup-contract.ts';
import type { NodeRow } from '../protocol/graph-line.ts';
import type { JsonObject } from '../protocol/json.ts';

export interface TestNode {
  readonly kind?: string;
  readonly marked?: boolean;
  readonly metadata?: JsonObject;
  readonly reported?: JsonObject;
  readonly revision?: string;
  readonly account?: string;
  readonly region?: string;
  readonly cloud?: string;
}

/** A marked node of `acme_box`, unless it is said otherwise. Its node id is its id in the cloud. */
export function row(id: string, node: TestNode = {}): NodeRow {
  const { kind = 'acme_box', marked = true, metadata = {}, revision = 'r1', reported = {} } = node;
  const { cloud = 'acme', account = 'main', region = 'eu' } = node;
  const owner = (name: string): JsonObject => ({ reported: { id: name, name } });
  return {
    id,
    type: 'node',
    revision,
    reported: { kind, id, name: id, ...reported },
    ...(marked && { desired: { clean: true } }),
    metadata,
    ancestors: { cloud: owner(cloud), account: owner(account), region: owner(region) },
  };
}

/** Rules for one cloud `acme` whose kinds are deleted as said. */
export function rules(kinds: Readonly<Record<string, KindCleanup>> = { acme_box: {} }): Rules {
  const described = Object.entries(kinds).map(([kind, cleanup]): [string, KindDescription] => [
    kind,
    { kind, kinds: [kind, 'resource'], phantom: false, cleanup, permissions: [`acme:Delete ${kind}`] },
  ]);
  return { clouds: new Map([['acme', new Map(described)]]), neverAccounts: [], neverKinds: [] };
}

/** `edges` are written `a b`: b has to go before a. `a b default` is a default edge. */
export function selection(
  nodes: Readonly<Record<string, TestNode>>,
  edges: readonly string[],
  given: Rules = rules(),
): Selection {
  const selector = new Selector(given);
  for (const [id, node] of Object.entries(nodes)) selector.node(row(id, node));
  for (const edge of edges) {
    const [from = '', to = '', type = 'delete'] = edge.split(' ');
    selector.edge({ type: 'edge', from, to, edge_type: type === 'default' ? 'default' : 'delete' });
  }
  return selector.selection();
}

/** Whatever a collector hands over, the body of the upload obeys the structure rules of the core (protocol 7.5, 7.7). */
import { afterEach, expect, test } from '@jest/globals';

import { acme, openGraph, removeGraphs, type OpenGraph } from '../testing/acme-graph.ts';
import type { EdgeType, GraphLine } from '../protocol/graph-line.ts';
import { parseJson, type JsonValue } from '../protocol/json.ts';
import { nodeId } from '../protocol/node-id.ts';
import { graphBody } from './graph-body.ts';
import type { NodeRef } from './graph-sink.ts';

afterEach(removeGraphs);

test.each(Array.from({ length: 80 }, (_, seed) => [seed]))('random graph %i', async (seed) => {
  const random = randomNumbers(seed);
  const mergeKind = seed % 3 === 0 ? 'cloud' : 'account';
  const accounts = mergeKind === 'cloud' ? 1 + random(3) : 1;
  const graphs = [];
  for (let account = 0; account < accounts; account += 1) {
    const graph = openGraph({ mergeKind });
    fillAtRandom(graph, `acc-${account}`, random, accounts > 1);
    graphs.push(await graph.finish());
  }

  const body = graphBody({ cloud: { id: 'acme', name: 'acme' }, generation: 'resoto', mergeKind }, graphs);
  const lines = await linesOf(body.open());

  expect(violations(lines)).toEqual([]);
  expect(lines.filter((line) => 'reported' in line)).toHaveLength(body.nodes);
  expect(lines.filter((line) => 'from' in line)).toHaveLength(body.edges);
  expect(lines.filter((line) => 'from_selector' in line)).toHaveLength(body.deferredEdges);
});

type Random = (below: number) => number;

/** @param shared  other accounts have the same cloud, so that only accounts hang on it */
function fillAtRandom(graph: OpenGraph, id: string, random: Random, shared: boolean): void {
  const refs: NodeRef[] = [graph.cloud];
  const pick = (): NodeRef => refs[random(refs.length)] ?? graph.cloud;
  refs.push(graph.add(acme.account, { reported: { id }, parent: graph.cloud }));
  const kinds = [acme.region, acme.zone, acme.network, acme.instance, acme.volume, acme.volume, acme.account];
  const small = (): string => `n-${random(12)}`;
  for (let step = random(40); step > 0; step -= 1) {
    const kind = kinds[random(kinds.length)] ?? acme.volume;
    const reported = { ...(random(20) > 0 && { id: small() }), volume_size: random(2) === 0 ? 7 : 'big' };
    const answer = { instances: [small(), small()], network: small(), owner: `acc-${random(3)}` };
    const missing = random(6) === 0 ? ['volume_size'] : [];
    const parent = shared ? (refs[1 + random(refs.length - 1)] ?? graph.cloud) : pick();
    refs.push(graph.add(kind, { reported, parent, answer, missing }));
    if (random(2) === 0) graph.edge(pick(), pick(), random(2) === 0 ? 'default' : 'delete');
  }
  carryAtRandom(graph, refs, random);
}

function carryAtRandom(graph: OpenGraph, refs: readonly NodeRef[], random: Random): void {
  const ids = refs.map((ref) => graph.nodeId(ref));
  for (let step = random(12); step > 0; step -= 1) {
    const name = `kept-${random(30)}`;
    const id = nodeId([name, graph.nodeId(refs[1] ?? graph.cloud)]);
    const kind = ['acme_volume', 'acme_region', 'acme_account', 'ghost'][random(4)] ?? '';
    graph.carryNode({ type: 'node', id, reported: { kind, id: name, name, tags: {} }, metadata: { replace: true } });
    ids.push(id);
  }
  for (let step = random(30); step > 0; step -= 1) {
    const [from = '', to = ''] = [ids[random(ids.length)], ids[random(ids.length)]];
    graph.carryEdge(from, to, random(3) === 0 ? 'delete' : 'default');
  }
}

/** What is wrong with a body, by rules written down without a look at how it is made. */
function violations(lines: readonly GraphLine[]): string[] {
  const found: string[] = [];
  const nodes = new Map<string, { kind: JsonValue | undefined; replace: boolean }>();
  for (const line of lines) {
    if (!('reported' in line) || !('id' in line)) continue;
    if (nodes.has(line.id)) found.push(`${line.id} twice`);
    nodes.set(line.id, { kind: line.reported['kind'], replace: line.metadata?.['replace'] === true });
  }
  const edges = lines.flatMap((line) => ('from' in line ? [line] : []));
  const keys = new Set<string>();
  for (const { from, to, edge_type: type = 'default' } of edges) {
    if (!nodes.has(from) || !nodes.has(to)) found.push(`edge without node: ${from} ${to}`);
    if (keys.has(`${from} ${to} ${type}`)) found.push(`edge twice: ${from} ${to} ${type}`);
    keys.add(`${from} ${to} ${type}`);
  }

  const targets = new Set(edges.map(({ to }) => to));
  const roots = [...nodes.keys()].filter((id) => !targets.has(id));
  if (roots.length !== 1 || nodes.get(roots[0] ?? '')?.kind !== 'graph_root') found.push(`roots: ${roots.join(' ')}`);
  const defaults = edges.filter((edge) => (edge.edge_type ?? 'default') === 'default');
  if (hasCycle([...nodes.keys()], defaults)) found.push('cycle of default edges');
  const belowRoot = reachable(roots, edges, ['default']);
  if (belowRoot.size !== nodes.size) found.push(`${nodes.size - belowRoot.size} nodes hang on no default edge`);

  const replaced = [...nodes].flatMap(([id, node]) => (node.replace ? [id] : []));
  const seen = new Set<string>();
  for (const id of replaced) {
    for (const below of reachable([id], edges, ['default', 'delete'])) {
      if (seen.has(below)) found.push(`${below} below two replace nodes`);
      seen.add(below);
    }
  }
  if (replaced.length === 0) found.push('no replace node');
  return found;
}

type Edges = readonly { readonly from: string; readonly to: string; readonly edge_type?: EdgeType }[];

function reachable(starts: readonly string[], edges: Edges, types: readonly EdgeType[]): Set<string> {
  const found = new Set(starts);
  for (const id of found) {
    for (const { from, to, edge_type: type = 'default' } of edges)
      if (from === id && types.includes(type)) found.add(to);
  }
  return found;
}

/** By taking away nodes without incoming edges until none is left, or none can be taken. */
function hasCycle(nodes: readonly string[], edges: Edges): boolean {
  let left = new Set(nodes);
  for (;;) {
    const targets = new Set(edges.filter(({ from }) => left.has(from)).map(({ to }) => to));
    const next = new Set([...left].filter((id) => targets.has(id)));
    if (next.size === left.size) return left.size > 0;
    left = next;
  }
}

async function linesOf(body: AsyncIterable<Uint8Array>): Promise<GraphLine[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  const lines = Buffer.concat(pieces)
    .toString()
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line): unknown => parseJson(line)) as GraphLine[];
}

/** Equal numbers for equal seeds (mulberry32). */
function randomNumbers(seed: number): Random {
  let state = seed * 0x9e3779b9;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

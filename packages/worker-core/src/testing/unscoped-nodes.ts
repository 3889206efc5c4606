import type { ScopeReport } from '../collect/report.ts';
import { baseKinds } from '../kinds/base-generations.ts';
import { KindRegistry } from '../kinds/registry.ts';
import type { NodeKind } from '../kinds/types.ts';
import type { NodeLine } from '../protocol/graph-line.ts';
import { nodeText, textOf, type GraphLines } from './graph-problems.ts';

/**
 * Nodes that would look deleted when listing them failed, because no scope has their kind: one of their region, or one of the
 * account as a whole. Accounts are known without being listed, and so are regions that have scopes.
 */
export function unscopedNodes(lines: GraphLines, scopes: readonly ScopeReport[], kinds: readonly NodeKind[]): string[] {
  const registry = new KindRegistry([...baseKinds('resoto'), ...kinds]);
  const isA = (node: NodeLine, base: string): boolean => registry.derivesFrom(textOf(node, 'kind'), base);
  const covered = new Set(scopes.flatMap(({ kinds: names, region }) => names.map((name) => key(name, region?.id))));
  const scopedRegions = new Set(scopes.map(({ region }) => region?.id));
  const regions = regionsOf(lines, (node) => isA(node, 'region'));

  const isCovered = (node: NodeLine): boolean => {
    const kind = textOf(node, 'kind');
    if (isA(node, 'base_cloud') || isA(node, 'account') || kind === 'graph_root') return true;
    const region = regions.get(node.id);
    if (region !== undefined && isA(node, 'region') && scopedRegions.has(region)) return true;
    return covered.has(key(kind, undefined)) || (region !== undefined && covered.has(key(kind, region)));
  };
  return lines.nodes.filter((node) => !isCovered(node)).map(nodeText);
}

/** Id of the region each node is in. */
function regionsOf({ nodes, edges }: GraphLines, isRegion: (node: NodeLine) => boolean): ReadonlyMap<string, string> {
  const children = new Map<string, string[]>();
  for (const { from, to, edge_type: type = 'default' } of edges) {
    if (type !== 'default') continue;
    const known = children.get(from);
    if (known === undefined) children.set(from, [to]);
    else known.push(to);
  }
  const regions = new Map<string, string>();
  for (const node of nodes.filter(isRegion)) {
    const region = textOf(node, 'id');
    const open = new Set([node.id]);
    for (const id of open) {
      regions.set(id, region);
      for (const child of children.get(id) ?? []) open.add(child);
    }
  }
  return regions;
}

function key(kind: string, region: string | undefined): string {
  return JSON.stringify([kind, region]);
}

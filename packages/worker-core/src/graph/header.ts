import { baseKinds } from '../kinds/base-generations.ts';
import type { NodeKind } from '../kinds/types.ts';
import type { Generation } from '../protocol/generation.ts';
import type { EdgeLine } from '../protocol/graph-line.ts';
import { nodeId } from '../protocol/node-id.ts';
import { nodeMetadata, usageSection, withDefaults, type CheckedLine, type NodeFlags } from './node-line.ts';

/** What stands above the accounts of a cloud in every upload. */
export interface GraphHeader {
  readonly cloud: { readonly id: string; readonly name: string };
  readonly generation: Generation;
  readonly mergeKind: 'account' | 'cloud';
  /** Flags of the cloud node at the core. */
  readonly flags?: NodeFlags | undefined;
}

/** The lines of graph root and cloud, and of the edge between them. */
export function headerLines(header: GraphHeader): { nodes: readonly CheckedLine[]; edges: readonly EdgeLine[] } {
  const { cloud, generation, mergeKind, flags } = header;
  const root = nodeId(['graph_root', ...noOwners, 'root']);
  const nodes = [
    line(root, 'graph_root', { id: 'root', name: 'root' }, generation, {}, false),
    line(cloudNodeId(cloud.id), 'cloud', cloud, generation, flags ?? {}, mergeKind === 'cloud'),
  ];
  return { nodes, edges: [{ from: root, to: cloudNodeId(cloud.id) }] };
}

/** Node id of a cloud, which owns itself. */
export function cloudNodeId(id: string): string {
  return nodeId(['cloud', id, ...noOwners.slice(1), id]);
}

/** A kind that exists without any plugin. */
export function baseKind(generation: Generation, fqn: string): NodeKind {
  const found = baseKinds(generation).find((kind) => kind.fqn === fqn);
  if (found === undefined) throw new RangeError(`There is no base kind ${fqn}`);
  return found;
}

const noOwners = ['undefined', 'undefined', 'undefined', 'undefined'] as const;

function line(
  id: string,
  fqn: string,
  { id: reportedId, name }: GraphHeader['cloud'],
  generation: Generation,
  flags: NodeFlags,
  replace: boolean,
): CheckedLine {
  const kind = baseKind(generation, fqn);
  return {
    id,
    reported: withDefaults(kind, { id: reportedId, tags: {}, name }, reportedId, ''),
    metadata: nodeMetadata(kind, generation, { ...flags, replace }),
    ...usageSection(generation),
  };
}

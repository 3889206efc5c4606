import type { GraphRow, JsonValue } from '@resoto/worker-core';

import type { AcmeCloud } from './acme-cloud.ts';
import type { Graph } from './graph.ts';

/** A graph of the cloud of this folder under names that tell where a node is, so that it can be told without a collect. */
export interface NamedGraph {
  /** With sizes of boxes. */
  readonly nodes: readonly string[];
  /** From, type, to. */
  readonly edges: readonly string[];
}

/** `rows`: every node there is. `graph`: what is connected with the root. */
export function namedGraph(rows: readonly GraphRow[], { nodes, edges }: Graph): NamedGraph {
  const parts = edges.map((edge) => edge.split(' '));
  const reported = new Map(nodes.map((node) => [node.id, node.reported]));
  const names = new Map(
    nodes.map((node): [string, string] => {
      const own = `${text(node.reported['kind'])} ${text(node.reported['id'])}`;
      if (node.reported['kind'] !== 'acme_region') return [node.id, own];
      const parent = parts.find(([, type, to]) => type === 'default' && to === node.id)?.[0] ?? '';
      return [node.id, `${own} of ${text(reported.get(parent)?.['id'])}`];
    }),
  );
  const name = (id = ''): string => names.get(id) ?? `unconnected ${id}`;
  const size = (id: string): string => {
    const found = reported.get(id)?.['box_size'];
    return found === undefined ? '' : ` of size ${text(found)}`;
  };
  return {
    nodes: rows.flatMap((row) => (row.type === 'node' ? [name(row.id) + size(row.id)] : [])),
    edges: parts.map(([from, type, to]) => `${name(from)} ${type} ${name(to)}`),
  };
}

/** What has to be at the core when the cloud is this. */
export function expectedGraph(accounts: AcmeCloud['accounts']): NamedGraph {
  const [root, cloud] = ['graph_root root', 'cloud acme'];
  const nodes = [root, cloud];
  const edges = [`${root} default ${cloud}`];
  for (const [id, boxes] of Object.entries(accounts)) {
    const [account, region] = [`acme_account ${id}`, `acme_region eu of ${id}`];
    nodes.push(account, region);
    edges.push(`${cloud} default ${account}`, `${account} default ${region}`);
    for (const box of boxes) {
      nodes.push(`acme_box ${box.id} of size ${box.size}`);
      edges.push(`${region} default acme_box ${box.id}`);
      if (box.peer !== undefined) edges.push(`acme_box ${box.id} default acme_box ${box.peer}`);
    }
  }
  return { nodes, edges };
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** An imaginary cloud, and graphs of it on disk, for the tests of the graph. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createAccountGraph, type AccountGraph, type AccountGraphOptions } from '../graph/account-graph.ts';
import type { FinishedGraph } from '../graph/finished-graph.ts';
import { baseKinds } from '../kinds/base-generations.ts';
import { any, int64, kind, ref, string, type KindDeclaration } from '../kinds/declare.ts';
import { KindRegistry } from '../kinds/registry.ts';
import type { NodeKind } from '../kinds/types.ts';
import type { Generation } from '../protocol/generation.ts';
import type { DeferredEdgeLine, EdgeLine, NodeLine } from '../protocol/graph-line.ts';
import { parseJson, type JsonObject } from '../protocol/json.ts';

export const acme = acmeKinds('resoto');

/** The kinds on the base kinds of a generation. */
export function acmeKinds(generation: Generation) {
  const base = new Map(baseKinds(generation).map((known) => [known.fqn, known]));
  const derive = (name: string, parent: string, declaration: Partial<KindDeclaration> = {}): NodeKind => {
    const bases = [...(base.get(parent) === undefined ? [] : [base.get(parent)])].filter(
      (known) => known !== undefined,
    );
    return kind(`acme_${name}`, bases, { pythonType: `acme.${name}`, ...declaration });
  };
  return {
    account: derive('account', 'account'),
    region: derive('region', 'region'),
    zone: derive('zone', 'zone'),
    network: derive('network', 'network'),
    instance: derive('instance', 'instance'),
    type: derive('type', 'instance_type'),
    dnsZone: derive('dns_zone', 'dns_zone'),
    recordSet: derive('record_set', 'dns_record_set'),
    record: derive('record', 'dns_record'),
    queue: derive('queue', 'resource', { properties: { arn: string(), url: string() }, identity: ['arn'] }),
    volume: derive('volume', 'volume', {
      properties: { size_bytes: int64(), notes: any() },
      references: [
        ref('instance', { by: 'id', from: 'instances', default: 'in', delete: 'out' }),
        ref('acme_network', { by: 'name', from: 'network', default: 'out' }),
        ref('acme_account', { by: 'id', from: 'owner', default: 'in', acrossAccounts: true }),
      ],
    }),
  };
}

export interface OpenGraph extends AccountGraph {
  readonly directory: string;
}

const directories: string[] = [];

/** A graph in a directory of its own. */
export function openGraph(options: Partial<AccountGraphOptions> = {}, kinds = acme): OpenGraph {
  const parent = mkdtempSync(join(tmpdir(), 'graph-'));
  directories.push(parent);
  const directory = join(parent, 'account');
  const graph = createAccountGraph({
    directory,
    cloud: { id: 'acme', name: 'acme' },
    generation: 'resoto',
    mergeKind: 'account',
    registry: new KindRegistry(Object.values(kinds)),
    now: new Date('2024-03-01T10:00:00.700Z'),
    ...options,
  });
  return Object.defineProperties({ directory }, Object.getOwnPropertyDescriptors(graph)) as OpenGraph;
}

/** To be called after each test that opens graphs. */
export function removeGraphs(): void {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
}

export function readNodes({ files }: FinishedGraph): NodeLine[] {
  return readLines<NodeLine>(files.nodes);
}

function readEdges({ files }: FinishedGraph): EdgeLine[] {
  return readLines<EdgeLine>(files.edges);
}

export function readDeferredEdges({ files }: FinishedGraph): DeferredEdgeLine[] {
  return readLines<DeferredEdgeLine>(files.deferredEdges);
}

/** Edges as `parent → child` with the ids of the resources, `delete` ones with their type. */
export function readableEdges(graph: FinishedGraph): string[] {
  const names = new Map(readNodes(graph).map(({ id, reported }) => [id, idOf(reported)]));
  return readEdges(graph).map(({ from, to, edge_type: type }) => {
    const edge = `${names.get(from) ?? 'cloud'} → ${names.get(to) ?? 'cloud'}`;
    return type === undefined ? edge : `${type}: ${edge}`;
  });
}

function idOf({ id }: JsonObject): string {
  return typeof id === 'string' ? id : '';
}

function readLines<Line>(path: string): Line[] {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line): unknown => parseJson(line)) as Line[];
}

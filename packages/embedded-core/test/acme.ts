import { stringifyJson } from '@resoto/worker-core';
import type { EdgeRow, Generation, JsonObject, JsonValue, NodeRow } from '@resoto/worker-core';
import { openDatabase, type Database } from '../src/database.ts';
import type { GraphStore, SearchOptions } from '../src/graph/graph-store.ts';
import { openGraphStore } from '../src/graph/open-graph-store.ts';

/** 2024-03-10T00:00:00Z. */
export const NOW = Date.UTC(2024, 2, 10);

const AGE = 'trafo.duration_to_datetime';

/** Base kinds and a small cloud named acme. */
export const ACME_KINDS: readonly JsonObject[] = [
  {
    fqn: 'resource',
    bases: [],
    properties: [
      { name: 'id', kind: 'string' },
      { name: 'tags', kind: 'dictionary[string, string]' },
      { name: 'name', kind: 'string' },
      { name: 'ctime', kind: 'datetime' },
      { name: 'age', kind: AGE, synthetic: { path: ['ctime'] } },
      { name: 'mtime', kind: 'datetime' },
      { name: 'last_update', kind: AGE, synthetic: { path: ['mtime'] } },
      { name: 'kind', kind: 'string', required: true },
    ],
  },
  ...['cloud', 'account', 'region', 'zone', 'organizational_root', 'organizational_unit', 'network'].map((fqn) => ({
    fqn,
    bases: ['resource'],
    properties: [],
  })),
  { fqn: 'acme_cloud', bases: ['cloud'] },
  { fqn: 'acme_account', bases: ['account'] },
  { fqn: 'acme_region', bases: ['region'] },
  { fqn: 'acme_zone', bases: ['zone'] },
  { fqn: 'acme_network', bases: ['network'], properties: [{ name: 'cidr', kind: 'string' }] },
  { fqn: 'acme_color', runtime_kind: 'string', enum: ['red', 'blue'] },
  { fqn: 'acme_zip', runtime_kind: 'string', pattern: '[0-9]{5}', min_length: 5, max_length: 5 },
  { fqn: 'acme_port', runtime_kind: 'int32', minimum: 1, maximum: 65535 },
  {
    fqn: 'acme_disk',
    aggregate_root: false,
    properties: [
      { name: 'size', kind: 'int64', required: true },
      { name: 'label', kind: 'string' },
    ],
  },
  {
    fqn: 'acme_box',
    bases: ['resource'],
    properties: [
      { name: 'color', kind: 'acme_color' },
      { name: 'zip', kind: 'acme_zip' },
      { name: 'ports', kind: 'acme_port[]' },
      { name: 'disks', kind: 'acme_disk[]' },
      { name: 'disk_by_name', kind: 'dictionary[string, acme_disk]' },
      { name: 'times', kind: 'dictionary[string, datetime]' },
      { name: 'cores', kind: 'int32' },
      { name: 'bytes', kind: 'int64' },
      { name: 'load', kind: 'double' },
      { name: 'active', kind: 'boolean' },
      { name: 'expiry', kind: 'date' },
      { name: 'uptime', kind: 'duration' },
      { name: 'anything', kind: 'any' },
      { name: 'matrix', kind: 'int64[][]' },
    ],
  },
  { fqn: 'acme_big_box', bases: ['acme_box'], properties: [{ name: 'crane', kind: 'boolean' }] },
];

export interface Acme {
  readonly database: Database;
  readonly store: GraphStore;
  merge(lines: Iterable<string | JsonValue>, taskId?: string): ReturnType<GraphStore['merge']>;
  nodes(query: string, options?: SearchOptions): Promise<NodeRow[]>;
  ids(query: string, options?: SearchOptions): Promise<string[]>;
  edges(query: string, options?: SearchOptions): Promise<EdgeRow[]>;
  node(id: string): NodeRow;
  /** All nodes and edges as one text, to compare. */
  everything(): Promise<string>;
}

export interface AcmeOptions {
  readonly generation?: Generation;
  readonly file?: string;
  readonly now?: () => number;
}

/** A graph store with graph `g` and the acme model. */
export function openAcme(options: AcmeOptions = {}): Acme {
  const { generation = 'resoto', file, now = () => NOW } = options;
  const database = openDatabase(file === undefined ? {} : { file });
  const store = openGraphStore({ database, generation, now });
  store.create('g');
  store.model('g').patch(ACME_KINDS);

  async function rows(query: string, options: SearchOptions): Promise<(NodeRow | EdgeRow)[]> {
    const { rows: found } = await store.search('g', query, { section: 'reported', ...options });
    const all = [];
    for await (const row of found) all.push(row);
    return all;
  }

  async function nodes(query: string, options: SearchOptions = {}): Promise<NodeRow[]> {
    return (await rows(query, options)).filter((row) => row.type === 'node');
  }

  async function edges(query: string, options: SearchOptions = {}): Promise<EdgeRow[]> {
    return (await rows(query, { ...options, withEdges: true })).filter((row) => row.type === 'edge');
  }

  return {
    database,
    store,
    merge: (lines, taskId) => store.merge('g', lines, taskId === undefined ? {} : { taskId }),
    nodes,
    ids: async (query, options) => (await nodes(query, options)).map(({ id }) => id),
    edges,
    everything: async () => stringifyJson([await nodes('all'), await edges('all')]),
    node(id) {
      const node = store.node('g', id);
      if (node === undefined) throw new Error(`no node ${id}`);
      return node;
    },
  };
}

/** A node line; `sections` are further members of the line. */
export function node(id: string, kind: string, reported: JsonObject = {}, sections: JsonObject = {}): JsonObject {
  return { id, reported: { kind, id, name: id, ...reported }, ...sections };
}

export function edge(from: string, to: string, type?: string): JsonObject {
  return type === undefined ? { from, to } : { from, to, edge_type: type };
}

export const REPLACE: JsonObject = { metadata: { replace: true } };

/**
 * root → acme → acc → eu → a, b (boxes) and c (big box) → net; b is deleted before net.
 * `extra` comes on top.
 */
export function acmeBody(extra: readonly JsonObject[] = [], account = 'acc'): JsonObject[] {
  const id = (name: string): string => (account === 'acc' ? name : `${account}-${name}`);
  return [
    node('top', 'graph_root', { name: 'root' }),
    node('acme', 'acme_cloud'),
    node(account, 'acme_account', { name: `account ${account}` }, REPLACE),
    node(id('eu'), 'acme_region'),
    node(id('a'), 'acme_box', { cores: 1, color: 'red', tags: { owner: 'jane' }, ctime: '2024-03-01T00:00:00Z' }),
    node(id('b'), 'acme_box', { cores: 2, color: 'blue', ports: [80, 443], ctime: '2024-03-09T00:00:00Z' }),
    node(id('c'), 'acme_big_box', { cores: 16, crane: true, disks: [{ size: 10 }, { size: 20, label: 'data' }] }),
    node(id('net'), 'acme_network', { cidr: '10.0.0.0/8' }),
    edge('top', 'acme'),
    edge('acme', account),
    edge(account, id('eu')),
    edge(id('eu'), id('a')),
    edge(id('eu'), id('b')),
    edge(id('eu'), id('c')),
    edge(id('c'), id('net')),
    edge(id('net'), id('b'), 'delete'),
    ...extra,
  ];
}

/** Code, message and facts of what a call throws. */
export async function failure(call: () => unknown): Promise<{ code: unknown; message: string; facts: unknown }> {
  try {
    await call();
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && 'message' in error) {
      return { code: error.code, message: String(error.message), facts: 'facts' in error ? error.facts : {} };
    }
    throw error;
  }
  throw new Error('nothing was thrown');
}

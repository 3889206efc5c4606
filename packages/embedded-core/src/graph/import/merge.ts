import { setImmediate } from 'node:timers/promises';
import { WorkerError, type Generation, type ImportResult } from '@resoto/worker-core';
import type { Database } from '../../database.ts';
import type { Model } from '../../model/model.ts';
import type { Lines } from '../graph-store.ts';
import type { KindNames } from '../kind-names.ts';
import { OWNERS, type Owner } from '../schema.ts';
import { applyImport, type ReplaceNode } from './apply.ts';
import type { Claims } from './claims.ts';
import { aborted } from './graph-line.ts';
import { Staging } from './staging.ts';
import {
  analyse,
  ROLE_GRAPH_ROOT,
  ROLE_ORGANIZATIONAL_ROOT,
  ROLE_OWNER,
  type Body,
  type Structure,
} from './structure.ts';

export interface ImportOptions {
  readonly database: Database;
  readonly kinds: KindNames;
  readonly model: Model;
  readonly generation: Generation;
  readonly claims: Claims;
  /** Number of the graph. */
  readonly graph: number;
  /** Tells imports apart that run at once. */
  readonly number: number;
  readonly nextRevision: () => number;
  readonly now: () => number;
  readonly taskId: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Lines, or rows, that are handled before other work gets a turn. */
const BATCH = 500;

/** Imports a body: stage it, check its structure, apply the difference in one transaction (protocol 7.5 to 7.8). */
export async function importGraph(lines: Lines, options: ImportOptions): Promise<ImportResult> {
  options.kinds.register(nodeKinds(options.model));
  const staging = new Staging(options);
  try {
    await stage(lines, staging, options.signal);
    const body = staging.body();
    const structure = checked(body, staging);
    const release = options.claims.take(options.graph, claimOf(structure, staging));
    try {
      await placeNodes(structure, staging, options);
      options.signal?.throwIfAborted();
      return options.database.transaction(() => apply(body, structure, staging, options));
    } finally {
      release();
    }
  } finally {
    staging.drop();
  }
}

function nodeKinds(model: Model): string[] {
  return [...model.kinds.values()].filter((kind) => kind.is === 'complex' && kind.aggregateRoot).map(({ fqn }) => fqn);
}

async function stage(lines: Lines, staging: Staging, signal: AbortSignal | undefined): Promise<void> {
  let batch = [];
  for await (const line of lines) {
    batch.push(line);
    if (batch.length < BATCH) continue;
    signal?.throwIfAborted();
    staging.add(batch);
    batch = [];
    await setImmediate();
  }
  signal?.throwIfAborted();
  staging.add(batch);
}

function checked(body: Body, staging: Staging): Structure {
  if (body.roles.length === 0) throw aborted(undefined, 'the body is empty');
  const structure = analyse(body);
  if (!('reason' in structure)) return structure;
  const named = structure.nodes.slice(0, 10).map((node) => staging.describe(node));
  const more = structure.nodes.length > named.length ? ` and ${structure.nodes.length - named.length} more` : '';
  const names = named.length === 0 ? '' : `: ${named.join(', ')}${more}`;
  throw aborted(undefined, `${structure.reason}${names}`, { nodes: named });
}

function claimOf(structure: Structure, staging: Staging): { replace: string[]; parents: string[] } {
  const id = (node: number): string => staging.idOf(node);
  return { replace: structure.replace.map(id), parents: structure.parents.map(id) };
}

/** Stores the owners of all nodes, and the one id every graph root has. */
async function placeNodes(structure: Structure, staging: Staging, options: ImportOptions): Promise<void> {
  const { database, signal } = options;
  const { owners } = structure;
  const insert = database.prepare(
    `INSERT INTO ${staging.tables.places} (n, cloud, account, region, zone) VALUES (?, ?, ?, ?, ?)`,
  );
  const owner = (name: Owner, node: number): number | null => {
    const found = owners[name][node] ?? -1;
    return found === -1 ? null : found;
  };
  const count = owners.cloud.length;
  for (let start = 0; start < count; start += BATCH) {
    database.transaction(() => {
      for (let node = start; node < Math.min(start + BATCH, count); node++) {
        insert.run(node, ...OWNERS.map((name) => owner(name, node)));
      }
    });
    signal?.throwIfAborted();
    await setImmediate();
  }
}

function apply(body: Body, structure: Structure, staging: Staging, options: ImportOptions): ImportResult {
  const { database } = options;
  const { tables } = staging;
  if (((body.roles[structure.root] ?? 0) & ROLE_GRAPH_ROOT) !== 0) {
    if (![undefined, structure.root].includes(staging.numberOf('root'))) {
      throw aborted(undefined, `the id root is taken by ${staging.describe(staging.numberOf('root') ?? 0)}`);
    }
    database.prepare(`UPDATE ${tables.nodes} SET id = 'root' WHERE n = ?`).run(structure.root);
  }
  const isOrganized = body.roles.some((role) => (role & ROLE_ORGANIZATIONAL_ROOT) !== 0);
  const clouds = structure.parents.filter((node) => ((body.roles[node] ?? 0) & ROLE_OWNER.cloud) !== 0);
  return applyImport({
    database,
    tables,
    graph: options.graph,
    generation: options.generation,
    replace: structure.replace.map((node) => replaceNode(node, body, staging)),
    organizedClouds: isOrganized ? clouds.map((node) => staging.idOf(node)) : [],
    taskId: options.taskId,
    revision: options.nextRevision(),
    now: options.now(),
  });
}

function replaceNode(node: number, body: Body, staging: Staging): ReplaceNode {
  const owner = OWNERS.find((name) => ((body.roles[node] ?? 0) & ROLE_OWNER[name]) !== 0);
  if (owner === undefined) throw new WorkerError('import_aborted', `${staging.describe(node)} cannot be replaced`);
  return { id: staging.idOf(node), owner };
}

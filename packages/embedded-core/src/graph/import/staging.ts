import {
  errorText,
  generationNames,
  stringifyJson,
  type Generation,
  type JsonObject,
  type JsonValue,
} from '@resoto/worker-core';
import type { Database, Statement } from '../../database.ts';
import type { Model } from '../../model/model.ts';
import { validateObject } from '../../model/validate.ts';
import { contentHash, metadataFlags, resourceId, sectionText } from '../content.ts';
import type { KindNames } from '../kind-names.ts';
import { edgeTypeNumber, OWNERS } from '../schema.ts';
import { aborted, readLine, type ImportedDeferredEdge, type ImportedEdge, type ImportedNode } from './graph-line.ts';
import { Numbers } from './numbers.ts';
import {
  ROLE_GRAPH_ROOT,
  ROLE_MISSING,
  ROLE_ORGANIZATIONAL_ROOT,
  ROLE_OWNER,
  ROLE_REPLACE,
  type Body,
} from './structure.ts';

export interface StagingOptions {
  readonly database: Database;
  readonly kinds: KindNames;
  readonly model: Model;
  readonly generation: Generation;
  /** Tells the tables of imports apart that run at once. */
  readonly number: number;
  readonly now: () => number;
}

/** Tables of one import. */
export interface StageTables {
  readonly nodes: string;
  readonly edges: string;
  readonly deferred: string;
  readonly places: string;
  readonly edgeKeys: string;
  readonly owned: string;
}

/**
 * Where a body waits while it is read: bodies of nodes in temporary tables on disk, only ids, roles and edges in memory.
 * Nodes are counted in the order in which their id first appears.
 */
export class Staging {
  readonly tables: StageTables;
  readonly #options: StagingOptions;
  readonly #numbers = new Map<string, number>();
  readonly #roles = new Numbers();
  readonly #from = new Numbers();
  readonly #to = new Numbers();
  readonly #types = new Numbers();
  readonly #rolesOfKind = new Map<string, number>();
  readonly #insertNode: Statement<unknown>;
  readonly #insertEdge: Statement<unknown>;
  readonly #insertDeferred: Statement<unknown>;
  readonly #edgeTypes: readonly string[];
  #line = 0;

  constructor(options: StagingOptions) {
    this.#options = options;
    const { database, number } = options;
    this.#edgeTypes = generationNames[options.generation].edgeTypes;
    this.tables = {
      nodes: `stage_nodes_${number}`,
      edges: `stage_edges_${number}`,
      deferred: `stage_deferred_${number}`,
      places: `stage_places_${number}`,
      edgeKeys: `stage_edge_keys_${number}`,
      owned: `stage_owned_${number}`,
    };
    database.sql.exec(stageSchema(this.tables));
    this.#insertNode = database.prepare(
      `INSERT OR REPLACE INTO ${this.tables.nodes} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#insertEdge = database.prepare(`INSERT OR REPLACE INTO ${this.tables.edges} VALUES (?, ?, ?, ?)`);
    this.#insertDeferred = database.prepare(`INSERT INTO ${this.tables.deferred} VALUES (?)`);
  }

  /** Stages lines. Throws `import_aborted` for the first one that breaks a rule. */
  add(lines: readonly (string | JsonValue)[]): void {
    this.#options.database.transaction(() => {
      for (const line of lines) this.#addLine(line);
    });
  }

  body(): Body {
    return { roles: this.#roles.view(), from: this.#from.view(), to: this.#to.view(), types: this.#types.view() };
  }

  /** The node with this id, if the body mentions it. */
  numberOf(id: string): number | undefined {
    return this.#numbers.get(id);
  }

  /** The id of a node as the body spells it. */
  idOf(node: number): string {
    const row = this.#row(node);
    if (row !== undefined) return row.id;
    for (const [id, number] of this.#numbers) if (number === node) return id;
    return 'unknown';
  }

  /** The id of a node and, if it has a line, its kind. */
  describe(node: number): string {
    const row = this.#row(node);
    return row === undefined ? this.idOf(node) : `${row.id} (${this.#options.kinds.nameOf(row.kind)})`;
  }

  drop(): void {
    for (const table of Object.values(this.tables))
      this.#options.database.sql.exec(`DROP TABLE IF EXISTS temp.${table}`);
  }

  #row(node: number): { readonly id: string; readonly kind: number } | undefined {
    const text = `SELECT id, kind FROM ${this.tables.nodes} WHERE n = ?`;
    return this.#options.database.prepare<{ id: string; kind: number }>(text).get(node);
  }

  #addLine(line: string | JsonValue): void {
    this.#line += 1;
    const read = readLine(line, this.#line, this.#edgeTypes);
    switch (read.is) {
      case 'node':
        return this.#addNode(read);
      case 'edge':
        return this.#addEdge(read);
      case 'deferred':
        return this.#addDeferred(read);
    }
  }

  #addNode(node: ImportedNode): void {
    const { kinds, model, generation } = this.#options;
    const kind = node.reported['kind'];
    if (typeof kind !== 'string' || model.complex(kind) === undefined) {
      const reason = kind === undefined ? 'has no kind' : `has the unknown kind ${stringifyJson(kind)}`;
      throw aborted(this.#line, `node ${node.id} ${reason}`, { id: node.id, kind: kind ?? null });
    }
    const reported = this.#validated(node, kind);
    const number = this.#numberFor(node.id);
    this.#roles.set(number, this.#roleOf(kind, node.replace));
    const { desired, metadata } = node;
    const hash = contentHash({
      reported,
      desired,
      metadata,
      kinds: generation === 'fix' ? [...model.lineOf(kind)] : undefined,
    });
    this.#insertNode.run(
      number,
      node.id,
      kinds.numberOf(kind),
      metadataFlags(metadata),
      hash,
      resourceId(reported),
      sectionText(generation === 'fix' ? node.ancestors : undefined),
      sectionText(desired),
      sectionText(metadata),
      sectionText(usageOf(node, this.#options.now())),
      stringifyJson(reported),
    );
  }

  #validated(node: ImportedNode, kind: string): JsonObject {
    const { model, now } = this.#options;
    try {
      return validateObject(model, node.reported, kind, { now });
    } catch (error) {
      throw aborted(this.#line, `node ${node.id} of kind ${kind}: ${errorText(error)}`, { id: node.id, kind }, error);
    }
  }

  #addEdge(edge: ImportedEdge): void {
    const from = this.#numberFor(edge.from);
    const to = this.#numberFor(edge.to);
    const type = edgeTypeNumber(edge.type);
    this.#from.push(from);
    this.#to.push(to);
    this.#types.push(type);
    const reported = this.#options.generation === 'fix' ? edge.reported : undefined;
    this.#insertEdge.run(from, type, to, sectionText(reported));
  }

  #addDeferred(edge: ImportedDeferredEdge): void {
    this.#insertDeferred.run(
      stringifyJson({
        from: edge.from,
        to: edge.to,
        type: edge.type,
        ...(this.#options.generation === 'fix' && edge.reported && { reported: edge.reported }),
      }),
    );
  }

  #numberFor(id: string): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(id, number);
    this.#roles.push(ROLE_MISSING);
    return number;
  }

  #roleOf(kind: string, replace: boolean): number {
    let role = this.#rolesOfKind.get(kind);
    if (role === undefined) {
      const { model } = this.#options;
      role = 0;
      if (model.isA(kind, 'graph_root')) role |= ROLE_GRAPH_ROOT;
      if (model.isA(kind, 'organizational_root')) role |= ROLE_ORGANIZATIONAL_ROOT;
      for (const owner of OWNERS) if (model.isA(kind, owner)) role |= ROLE_OWNER[owner];
      this.#rolesOfKind.set(kind, role);
    }
    const isOwner = OWNERS.some((owner) => (role & ROLE_OWNER[owner]) !== 0);
    return replace && isOwner ? role | ROLE_REPLACE : role;
  }
}

/** The metrics of a node, with the time they were imported and the span they are taken to cover. */
function usageOf(node: ImportedNode, now: number): JsonObject | undefined {
  if (node.usage === undefined || Object.keys(node.usage).length === 0) return undefined;
  return { ...node.usage, start: new Date(now).toISOString(), duration: '1h' };
}

function stageSchema(tables: StageTables): string {
  return `
    CREATE TEMP TABLE ${tables.nodes} (
      n INTEGER PRIMARY KEY, id TEXT, kind INTEGER, flags INTEGER, hash TEXT, rid TEXT,
      ancestors TEXT, desired TEXT, metadata TEXT, usage TEXT, reported TEXT
    );
    CREATE TEMP TABLE ${tables.edges} (
      source INTEGER, type INTEGER, target INTEGER, reported TEXT, PRIMARY KEY (source, type, target)
    ) WITHOUT ROWID;
    CREATE TEMP TABLE ${tables.deferred} (line TEXT);
    CREATE TEMP TABLE ${tables.places} (
      n INTEGER PRIMARY KEY, cloud INTEGER, account INTEGER, region INTEGER, zone INTEGER,
      key INTEGER, is_stored INTEGER, is_changed INTEGER, has_usage INTEGER,
      old_cloud INTEGER, old_account INTEGER, old_region INTEGER, old_zone INTEGER
    );
    CREATE TEMP TABLE ${tables.owned} (key INTEGER PRIMARY KEY);
    CREATE TEMP TABLE ${tables.edgeKeys} (
      source INTEGER, type INTEGER, target INTEGER, reported TEXT, PRIMARY KEY (source, type, target)
    ) WITHOUT ROWID;
  `;
}

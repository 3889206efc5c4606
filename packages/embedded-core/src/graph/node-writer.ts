import {
  errorText,
  isJsonObject,
  parseJson,
  stringifyJson,
  WorkerError,
  type Generation,
  type JsonObject,
  type JsonValue,
} from '@resoto/worker-core';
import { textOf } from '../json.ts';
import type { Database } from '../database.ts';
import type { Model } from '../model/model.ts';
import { validateObject } from '../model/validate.ts';
import { contentHash, isEmpty, mergeDeep, metadataFlags, resourceId, sectionText } from './content.ts';
import type { KindNames } from './kind-names.ts';
import { revisionText } from './node-view.ts';
import { invalidNode, PATCH_SECTIONS, patchOf, type Patch, type PatchSection } from './patches.ts';
import { ALL_COLUMNS, type StoredNode } from './schema.ts';

export interface NodeWriterOptions {
  readonly database: Database;
  readonly kinds: KindNames;
  readonly model: Model;
  readonly generation: Generation;
  /** Number of the graph. */
  readonly graph: number;
  /** What changed nodes get. */
  readonly revision: number;
  readonly now: number;
}

type Sections = Partial<Record<PatchSection, JsonObject | undefined>>;

/** Changes single nodes, inside of a transaction of the caller. */
export class NodeWriter {
  readonly #options: NodeWriterOptions;

  constructor(options: NodeWriterOptions) {
    this.#options = options;
  }

  create(id: string, reported: JsonObject & { readonly kind: string }): void {
    const { database, kinds, graph, revision, now } = this.#options;
    database
      .prepare(
        `INSERT INTO nodes (graph, id, kind, flags, revision, created, updated, hash, rid, reported)
         VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        graph,
        id,
        kinds.numberOf(reported.kind),
        revision,
        now,
        now,
        contentHash({ reported, desired: undefined, metadata: undefined, kinds: undefined }),
        resourceId(reported),
        stringifyJson(reported),
      );
  }

  /** Merges a patch into its node and gives the number of the node; undefined when it may be and is unknown. */
  patch(patch: Patch): number | undefined {
    const row = this.#row(patch.id);
    if (row === undefined) {
      if (isMark(patch)) return undefined;
      throw unknownNode(patch.id);
    }
    checkRevision(patch, row);
    const sections: Sections = {};
    for (const name of PATCH_SECTIONS) {
      const change = patch.sections[name];
      if (change === undefined || (change !== null && isEmpty(change))) continue;
      sections[name] = change === null ? undefined : this.#merged(name, row, change);
    }
    this.#store(row, sections);
    return row.key;
  }

  /** Replaces the sections of a node by those a task gave; gives the number of the node (protocol 6.5). */
  replace(node: JsonObject): number {
    const id = node['id'];
    if (typeof id !== 'string' || !isJsonObject(node['reported']))
      throw invalidNode(undefined, 'id or reported is missing');
    const patch = patchOf(id, node);
    const row = this.#row(id);
    if (row === undefined) throw unknownNode(id);
    checkRevision(patch, row);
    const sections: Sections = {};
    for (const name of PATCH_SECTIONS) {
      const section = patch.sections[name];
      if (section !== undefined) sections[name] = section ?? undefined;
    }
    this.#store(row, sections);
    return row.key;
  }

  #merged(name: PatchSection, row: StoredNode, change: JsonObject): JsonObject | undefined {
    const stored = section(row[name]);
    if (this.#options.generation === 'fix' && (name === 'desired' || name === 'metadata')) {
      return withoutNulls({ ...stored, ...change });
    }
    const merged = mergeDeep(stored ?? {}, change);
    return isJsonObject(merged) ? merged : undefined;
  }

  #store(row: StoredNode, sections: Sections): void {
    const { database, kinds, model, revision, now, generation } = this.#options;
    const next = (name: PatchSection): JsonObject | undefined =>
      name in sections ? sections[name] : section(row[name]);
    const reported = 'reported' in sections ? this.#validated(row.id, sections.reported ?? {}) : next('reported');
    if (reported === undefined) throw invalidNode(row.id, 'reported cannot be deleted');
    const kind = textOf(reported['kind']);
    const metadata = next('metadata');
    const desired = next('desired');
    database
      .prepare(
        `UPDATE nodes SET kind = ?, flags = ?, revision = ?, rid = ?, desired = ?, metadata = ?, security = ?, reported = ?
         WHERE key = ?`,
      )
      .run(
        kinds.numberOf(kind),
        metadataFlags(metadata),
        revision,
        resourceId(reported),
        sectionText(desired),
        sectionText(metadata),
        sectionText(next('security')),
        stringifyJson(reported),
        row.key,
      );
    if (!('reported' in sections)) return;
    // An import compares hashes: it has to notice that the resource is no longer what was imported last.
    const hash = contentHash({
      reported,
      desired,
      metadata,
      kinds: generation === 'fix' ? [...model.lineOf(kind)] : undefined,
    });
    database.prepare('UPDATE nodes SET hash = ?, updated = ? WHERE key = ?').run(hash, now, row.key);
  }

  #validated(id: string, reported: JsonObject): JsonObject {
    const { model, now, kinds } = this.#options;
    const kind = reported['kind'];
    if (typeof kind !== 'string' || model.complex(kind) === undefined || kinds.known([kind]).length === 0) {
      throw invalidNode(id, `the kind ${stringifyJson(kind ?? null)} is unknown`);
    }
    try {
      return validateObject(model, reported, kind, { now: () => now });
    } catch (error) {
      throw invalidNode(id, errorText(error), error);
    }
  }

  #row(id: string): StoredNode | undefined {
    const { database, graph } = this.#options;
    return database.prepare<StoredNode>(`SELECT ${ALL_COLUMNS} FROM nodes WHERE graph = ? AND id = ?`).get(graph, id);
  }
}

/** A patch of `desired` or `metadata` alone; those are sent for nodes that may be gone by now. */
function isMark({ sections }: Patch): boolean {
  const names = Object.keys(sections);
  return names.length === 1 && (names[0] === 'desired' || names[0] === 'metadata');
}

function checkRevision({ id, revision }: Patch, row: StoredNode): void {
  if (revision === undefined || revision === revisionText(row.revision)) return;
  throw new WorkerError('revision_conflict', `Node ${id} was changed since revision ${revision}`, {
    hint: 'Read the node again and repeat the change.',
    facts: { id, revision, stored: revisionText(row.revision) },
  });
}

function unknownNode(id: string): WorkerError {
  return new WorkerError('unknown_node', `No node with this id ${id}`, { facts: { id } });
}

function section(text: string | null | undefined): JsonObject | undefined {
  const value = typeof text === 'string' ? parseJson(text) : undefined;
  return isJsonObject(value) ? value : undefined;
}

function withoutNulls(section: JsonObject): JsonObject {
  const entries: [string, JsonValue][] = Object.entries(section).filter(([, member]) => member !== null);
  return Object.fromEntries(entries);
}

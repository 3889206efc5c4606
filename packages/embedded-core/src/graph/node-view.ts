import {
  formatDuration,
  formatTimestamp,
  isJsonObject,
  parseDuration,
  parseJson,
  parseTimestamp,
  type JsonObject,
  type JsonValue,
  type NodeRow,
} from '@resoto/worker-core';
import type { Model } from '../model/model.ts';
import { objectSubject, type Subject } from '../query/subject.ts';
import { isEmpty } from './content.ts';
import { OWNERS, type Owner, type SectionColumn, type StoredNode } from './schema.ts';

/** What a node needs to know beyond its own row. */
export interface ViewContext {
  readonly model: Model;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** `resoto:` or `fix:`, in front of tags with a meaning for the core. */
  readonly tagPrefix: string;
  kindName(kind: number): string;
  /** Another node by its number; undefined when it is gone. */
  node(key: number): NodeView | undefined;
  /** Numbers of the nodes with a default edge to this one. */
  parentsOf(key: number): number[];
}

/** A stored node with everything the core computes: ages, expiry, counts of descendants, ancestors (protocol 7.8). */
export class NodeView implements Subject {
  readonly row: StoredNode;
  readonly #context: ViewContext;
  readonly #sections = new Map<string, JsonObject | undefined>();

  constructor(row: StoredNode, context: ViewContext) {
    this.row = row;
    this.#context = context;
  }

  get id(): string {
    return this.row.id;
  }

  get kind(): string {
    return this.#context.kindName(this.row.kind);
  }

  /** All kinds of the node, its own first. */
  get kinds(): ReadonlySet<string> {
    return this.#context.model.lineOf(this.kind);
  }

  get revision(): string {
    return revisionText(this.row.revision);
  }

  /** A member of the node by its wire name. Undefined for a section that is empty, or was not read. */
  member(name: string): JsonValue | undefined {
    switch (name) {
      case 'id':
        return this.row.id;
      case 'revision':
        return this.revision;
      case 'kinds':
        return [...this.kinds];
      case 'reported':
      case 'desired':
      case 'metadata':
      case 'security':
      case 'usage':
        return this.section(name);
      default:
        return undefined;
    }
  }

  section(name: Exclude<SectionColumn, 'summary' | 'ancestors'>): JsonObject | undefined {
    if (!this.#sections.has(name)) this.#sections.set(name, this.#read(name));
    return this.#sections.get(name);
  }

  /** The nearest owner of a kind, the node itself included. */
  owner(owner: Owner): NodeView | undefined {
    const key = this.row[owner];
    if (key === null) return undefined;
    const isComplete = this.row.reported !== undefined;
    return key === this.row.key && isComplete ? this : this.#context.node(key);
  }

  /** What a worker has set as ancestor wins over the computed one. */
  ancestor(kind: string): Subject | undefined {
    const preset = this.#preset(kind);
    if (preset !== undefined) return objectSubject(preset);
    const owner = OWNERS.find((name) => name === kind);
    return owner === undefined ? this.#nearest(kind) : this.owner(owner);
  }

  toRow(): NodeRow {
    return this.#row(this.#ancestors(ownerName));
  }

  /** The node with its ancestors as complete nodes (protocol 6.5). */
  toRowWithAncestors(): NodeRow {
    return this.#row(this.#ancestors((owner) => ({ ...owner.#row({}) })));
  }

  #row(ancestors: JsonObject): NodeRow {
    const [security, desired, metadata, usage] = [
      this.section('security'),
      this.section('desired'),
      this.section('metadata'),
      this.section('usage'),
    ];
    return {
      id: this.row.id,
      type: 'node',
      revision: this.revision,
      reported: this.#withComputed(this.section('reported') ?? {}, this.kind),
      ...(security && { security }),
      ...(desired && { desired }),
      ...(metadata && { metadata: this.#withComputed(metadata, 'predefined_properties') }),
      ...(isEmpty(ancestors) ? {} : { ancestors }),
      ...(usage && { usage }),
    };
  }

  #ancestors(toJson: (owner: NodeView) => JsonObject): JsonObject {
    const ancestors: Record<string, JsonValue> = {};
    for (const name of OWNERS) {
      const owner = this.owner(name);
      const ancestor = this.#preset(name) ?? (owner && toJson(owner));
      if (ancestor !== undefined) ancestors[name] = ancestor;
    }
    return ancestors;
  }

  #preset(kind: string): JsonObject | undefined {
    const preset = this.#parsed('ancestors')?.[kind];
    return isJsonObject(preset) ? preset : undefined;
  }

  /** Upwards over default edges, breadth first. */
  #nearest(kind: string): NodeView | undefined {
    const seen = new Set([this.row.key]);
    for (const key of seen) {
      const node = key === this.row.key ? undefined : this.#context.node(key);
      if (node?.kinds.has(kind) === true) return node;
      for (const parent of this.#context.parentsOf(key)) seen.add(parent);
    }
    return undefined;
  }

  #read(name: SectionColumn): JsonObject | undefined {
    const stored = this.#parsed(name);
    switch (name) {
      case 'reported':
        return stored && this.#withChangeTimes(stored);
      case 'metadata':
        return this.#withServerMembers(stored);
      default:
        return stored;
    }
  }

  #parsed(name: SectionColumn): JsonObject | undefined {
    const text = this.row[name];
    const value = text === undefined || text === null ? undefined : parseJson(text);
    return isJsonObject(value) && !isEmpty(value) ? value : undefined;
  }

  /** The times of the first and last change in the database stand in for the ones the worker does not know. */
  #withChangeTimes(reported: JsonObject): JsonObject {
    const { created, updated } = this.row;
    const properties = this.#context.model.propertiesOf(this.kind);
    const added: Record<string, JsonValue> = {};
    const ctime = reported['ctime'] ?? timeText(created);
    if ((reported['ctime'] ?? null) === null && properties.has('ctime')) added['ctime'] = ctime;
    if ((reported['mtime'] ?? null) === null && properties.has('mtime')) {
      added['mtime'] = updated === created ? ctime : timeText(updated);
    }
    return { ...reported, ...added };
  }

  #withServerMembers(metadata: JsonObject | undefined): JsonObject | undefined {
    const expires = this.#expires();
    const summary = this.#parsed('summary');
    if (expires === undefined && summary === undefined) return metadata;
    return {
      ...metadata,
      ...(expires !== undefined && { expires }),
      ...(summary && { descendant_summary: summary, descendant_count: sum(summary) }),
    };
  }

  /** The time a tag sets for the end of the resource. Tags are only read where their text hints at one. */
  #expires(): string | undefined {
    if (this.row.reported?.includes('expir') !== true) return undefined;
    const reported = this.section('reported');
    const tags = reported?.['tags'];
    if (!isJsonObject(tags)) return undefined;
    const at = text(tags[`${this.#context.tagPrefix}expires`]);
    const atTime = at === undefined ? undefined : parseTimestamp(at);
    if (atTime !== undefined) return formatTimestamp(atTime);
    const after = text(tags[`${this.#context.tagPrefix}expiration`] ?? tags['expiration']);
    const seconds = after === undefined ? undefined : parseDuration(after);
    const created = parseTimestamp(text(reported?.['ctime']) ?? '')?.getTime() ?? this.row.created;
    return seconds === undefined ? undefined : formatTimestamp(new Date(created + seconds * 1000));
  }

  #withComputed(section: JsonObject, kind: string): JsonObject {
    const computed: Record<string, JsonValue> = {};
    for (const property of this.#context.model.syntheticOf(kind)) {
      const age = this.#age(section, property.synthetic ?? []);
      if (age !== undefined) computed[property.name] = age;
    }
    return isEmpty(computed) ? section : { ...section, ...computed };
  }

  #age(section: JsonObject, path: readonly string[]): string | undefined {
    let value: JsonValue | undefined = section;
    for (const name of path) value = isJsonObject(value) ? value[name] : undefined;
    const time = typeof value === 'string' ? parseTimestamp(value) : undefined;
    return time && formatDuration((this.#context.now - time.getTime()) / 1000, { largest: 2 });
  }
}

/** Revisions are opaque to clients; equal ones mean an unchanged node. */
export function revisionText(revision: number): string {
  return `_${revision.toString(36).padStart(10, '0')}`;
}

function ownerName(owner: NodeView): JsonObject {
  const reported = owner.section('reported');
  return { reported: { id: reported?.['id'] ?? null, name: reported?.['name'] ?? null } };
}

function timeText(milliseconds: number): string {
  return formatTimestamp(new Date(milliseconds)) ?? '';
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function sum(summary: JsonObject): number {
  return Object.values(summary).reduce<number>((total, count) => total + Number(count), 0);
}

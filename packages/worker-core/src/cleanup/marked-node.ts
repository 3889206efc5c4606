/** Nodes of a cleanup, read from the rows of a search. */
import type { NodeRow } from '../protocol/graph-line.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../protocol/json.ts';
import type { ResourceData } from './resource.ts';

export type OwnerName = 'cloud' | 'account' | 'region' | 'zone';

/** What a plan says about any node. */
export interface NodeName {
  readonly id: string;
  readonly kind: string;
  /** `name (id)`, or the id alone when both are equal. */
  readonly name: string;
}

/** A node that is marked for deletion. */
export interface MarkedNode extends NodeName {
  readonly revision: string;
  readonly reported: JsonObject;
  readonly metadata: JsonObject;
  readonly owners: ResourceData['owners'];
}

export function nodeName({ id, reported }: Pick<NodeRow, 'id' | 'reported'>): NodeName {
  const kind = textOf(reported['kind']);
  const resourceId = textOf(reported['id']) || id;
  const name = textOf(reported['name']) || resourceId;
  return { id, kind, name: name === resourceId ? name : `${name} (${resourceId})` };
}

export function markedNode(row: NodeRow): MarkedNode {
  const { revision = '', reported, metadata = {}, ancestors = {} } = row;
  return { ...nodeName(row), revision, reported, metadata, owners: ownersOf(ancestors) };
}

/** Name of a node for messages, with its kind. */
export function title({ kind, name }: NodeName): string {
  return `${kind} ${name}`;
}

/** Id of an owner in its cloud. Undefined when it has none, or only a placeholder of one. */
export function ownerId({ owners }: Pick<MarkedNode, 'owners'>, owner: OwnerName): string | undefined {
  const id = textOf(owners[owner]?.['id']);
  return id === '' || id === placeholder ? undefined : id;
}

/** Display name of an owner; empty when there is none. */
export function ownerLabel({ owners }: Pick<MarkedNode, 'owners'>, owner: OwnerName): string {
  return textOf(owners[owner]?.['name']) || textOf(owners[owner]?.['id']);
}

export function isMarked({ desired }: NodeRow): boolean {
  return desired?.['clean'] === true;
}

/** What nodes are filed under that nobody knows the owner of (worker behaviour 5.3). */
const placeholder = 'undefined';

function ownersOf(ancestors: JsonObject): MarkedNode['owners'] {
  const owners: Partial<Record<OwnerName, JsonObject>> = {};
  for (const name of ['cloud', 'account', 'region', 'zone'] as const) {
    const ancestor = ancestors[name];
    const reported = isJsonObject(ancestor) ? ancestor['reported'] : undefined;
    if (isJsonObject(reported)) owners[name] = reported;
  }
  return owners;
}

/** A text or number as text; empty for everything else. */
export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

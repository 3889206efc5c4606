/** Reads a node a core sends with a task (protocol 6.5). */
import { isJsonObject, type JsonObject, type JsonValue } from '../protocol/json.ts';
import type { StoredResource } from './contract.ts';

/** A resource without its kind, which only worker threads know. */
export type StoredNode = Omit<StoredResource, 'kind'>;

/** @throws what `broken` makes of the reason, when it is no node */
export function readStoredNode(node: JsonValue | undefined, broken: (reason: string) => Error): StoredNode {
  if (!isJsonObject(node) || typeof node['id'] !== 'string') throw broken('it has no node');
  const { id, reported } = node;
  if (!isJsonObject(reported) || typeof reported['kind'] !== 'string') throw broken('its node has no kind');
  return { nodeId: id, reported, owners: ownersOf(node['ancestors']) };
}

/**
 * The node as a core stores it. It replaces what the core has, section by section: so computed properties are left out, which
 * would be stored, and so is the metadata, of which the core knows more.
 */
export function nodeOf({ nodeId, reported }: StoredNode, computed: readonly string[]): JsonObject {
  const stored: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(reported)) if (!computed.includes(name)) stored[name] = value;
  return { id: nodeId, reported: stored };
}

function ownersOf(ancestors: JsonValue | undefined): StoredResource['owners'] {
  if (!isJsonObject(ancestors)) return {};
  const owners: Partial<Record<keyof StoredResource['owners'], JsonObject>> = {};
  for (const owner of ['cloud', 'account', 'region', 'zone'] as const) {
    const node = ancestors[owner];
    const reported = isJsonObject(node) ? node['reported'] : undefined;
    if (isJsonObject(reported)) owners[owner] = reported;
  }
  return owners;
}

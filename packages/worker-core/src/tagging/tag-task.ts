/** The tag task of the core, and its result (protocol 6.5). */
import type { PlainError } from '../collect/plain-error.ts';
import { ProtocolError, WorkerError } from '../errors.ts';
import type { TagChanges } from '../plugin/contract.ts';
import { readStoredNode, type StoredNode } from '../plugin/stored-node.ts';
import { isJsonObject, stringifyJson, type JsonObject, type JsonValue } from '../protocol/json.ts';
import type { WorkerTask } from '../protocol/messages.ts';

export interface TagTask {
  readonly resource: StoredNode;
  readonly changes: TagChanges;
}

/**
 * Reads a tag task. A key that is to be removed and set is only set.
 *
 * @throws ProtocolError `broken_task`
 */
export function readTagTask({ data }: WorkerTask): TagTask {
  const { node, delete: removed = [], update = {} } = data;
  const resource = readStoredNode(node, brokenTask);
  if (!isTextList(removed)) throw brokenTask('delete is no list of keys');
  if (!isJsonObject(update)) throw brokenTask('update is no map of keys and values');
  return {
    resource,
    changes: {
      remove: [...new Set(removed)].filter((key) => !Object.hasOwn(update, key)),
      update: Object.fromEntries(Object.entries(update).map(([key, value]) => [key, tagText(value)])),
    },
  };
}

/** The changes without these keys. */
export function without({ remove, update }: TagChanges, keys: ReadonlySet<string>): TagChanges {
  return {
    remove: remove.filter((key) => !keys.has(key)),
    update: Object.fromEntries(Object.entries(update).filter(([key]) => !keys.has(key))),
  };
}

export function tagsOf({ reported: { tags = null } }: TagTask['resource']): JsonObject {
  return isJsonObject(tags) ? tags : {};
}

/** The resource with its tags changed. */
export function withChanges(resource: TagTask['resource'], { remove, update }: TagChanges): TagTask['resource'] {
  if (remove.length === 0 && Object.keys(update).length === 0) return resource;
  const tags: Record<string, JsonValue> = { ...tagsOf(resource) };
  for (const key of remove) delete tags[key];
  return { ...resource, reported: { ...resource.reported, tags: { ...tags, ...update } } };
}

/** Why tags of a resource were not changed, in words. */
export function tagError(
  { resource, changes }: Pick<TagTask, 'resource' | 'changes'>,
  cloud: string,
  failed: readonly (readonly [key: string, error: PlainError])[],
): WorkerError {
  const { kind, id } = resource.reported;
  const texts = failed.map(([key, error]) => {
    const isSet = Object.hasOwn(changes.update, key);
    const what = isSet ? `setting tag ${key} to ${changes.update[key]}` : `deleting tag ${key}`;
    return `Error ${what} in cloud ${cloud} for ${tagText(kind ?? null)}:${tagText(id ?? null)}: ${error.message}`;
  });
  const hints = new Set(failed.flatMap(([, { hint }]) => (hint === undefined ? [] : [hint])));
  return new WorkerError('tags_not_changed', [...texts, ...hints].join('. '), {
    facts: { cloud, kind, id, keys: failed.map(([key]) => key) },
  });
}

/** A tag without value is one with an empty value. */
function tagText(value: JsonValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? stringifyJson(value) : String(value);
}

function isTextList(value: JsonValue): value is readonly string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}

function brokenTask(reason: string): ProtocolError {
  return new ProtocolError(`The tag task cannot be understood: ${reason}`, { code: 'broken_task' });
}

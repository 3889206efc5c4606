/** How the tags of a kind are changed, declared with the kind. */
import { tagsToObject } from '@resoto/worker-core/plugin';
import type { StoredResource, TagChanges } from '@resoto/worker-core/plugin';

import type { WriteClient } from '../call.ts';
import type { Call, Change, Service } from '../service.ts';
import { membersOf, textOf } from '../values.ts';
import { inputFor } from './named-by.ts';
import type { NamedBy } from './named-by.ts';

type Tags = TagChanges['update'];

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** A call that sets tags, and one that removes them. A key that is not there has to be no error for it. */
export interface TagCalls {
  readonly update: Change;
  readonly remove: Change;
  readonly updateInput: (resource: StoredResource, tags: Tags) => object;
  readonly removeInput: (resource: StoredResource, keys: readonly string[]) => object;
}

/** Tags that take more than one call to change. */
export interface TagRoutine {
  readonly calls: readonly (Call | Change)[];
  /** It removes and sets at once. Absent: it is asked for either. */
  readonly together?: boolean;
  /** Throws when nothing was changed. */
  readonly change: (client: WriteClient, resource: StoredResource, changes: TagChanges) => Promise<void>;
}

export type TagDeclaration = TagCalls | TagRoutine;

interface TagOptions {
  /** Members of the inputs that name the resource. */
  readonly resource: NamedBy;
  /** Default: `TagResource`. */
  readonly update?: string;
  /** Default: `UntagResource`. */
  readonly remove?: string;
  /** Tags are a list of `Key` and `Value`, or a map. Default: a list. */
  readonly form?: 'list' | 'map';
  /** Members of the inputs that hold tags and keys. Default: `Tags` and `TagKeys`. */
  readonly members?: { readonly tags: string; readonly keys: string };
  /** Keys to remove are texts, or objects with a `Key`. Default: texts. */
  readonly keys?: 'texts' | 'objects';
}

/**
 * @example
 * tags: tagCalls(iam, { update: 'TagRole', remove: 'UntagRole', resource: { RoleName: 'name' } })
 */
export function tagCalls(service: Service, options: TagOptions): TagCalls {
  const { resource: by, update = 'TagResource', remove = 'UntagResource', form = 'list', keys = 'texts' } = options;
  const { tags: tagsMember, keys: keysMember } = options.members ?? { tags: 'Tags', keys: 'TagKeys' };
  return {
    update: service.change(update),
    remove: service.change(remove),
    updateInput: (resource, tags) => ({
      ...inputFor(by, [resource]),
      [tagsMember]: form === 'map' ? tags : keysAndValues(tags),
    }),
    removeInput: (resource, removed) => ({
      ...inputFor(by, [resource]),
      [keysMember]: keys === 'texts' ? removed : removed.map((Key) => ({ Key })),
    }),
  };
}

/** Tags as most calls take them. */
function keysAndValues(tags: Tags): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/**
 * What becomes of the tags of a resource, for calls that take all of them.
 *
 * @param current  as the vendor has them
 * @returns undefined when nothing has to be changed
 */
export function changedTags(current: unknown, { remove, update }: TagChanges): Tag[] | undefined {
  const before = tagsToObject()(current);
  const tags = new Map(Object.entries(membersOf(before)).map(([key, value]) => [key, textOf(value)]));
  const isNew = Object.entries(update).some(([key, value]) => tags.get(key) !== value);
  if (!isNew && !remove.some((key) => tags.has(key))) return undefined;
  for (const key of remove) tags.delete(key);
  for (const [key, value] of Object.entries(update)) tags.set(key, value);
  return keysAndValues(Object.fromEntries(tags));
}

/** Calls that change tags of a kind. */
export function callsOfTags(declaration: TagDeclaration): readonly (Call | Change)[] {
  return 'calls' in declaration ? declaration.calls : [declaration.update, declaration.remove];
}

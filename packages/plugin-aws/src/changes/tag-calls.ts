/** How the tags of a kind are changed, declared with the kind. */
import type { StoredResource, TagChanges } from '@resoto/worker-core/plugin';

import type { WriteClient } from '../call.ts';
import type { Call, Change, Service } from '../service.ts';
import { inputFor } from './named-by.ts';
import type { NamedBy } from './named-by.ts';

type Tags = TagChanges['update'];

/** A call that sets tags, and one that removes them. A key that is not there has to be no error for it. */
export interface TagCalls {
  readonly update: Change;
  readonly remove: Change;
  readonly updateInput: (resource: StoredResource, tags: Tags) => object;
  readonly removeInput: (resource: StoredResource, keys: readonly string[]) => object;
}

/** Tags that can only be changed all at once. */
export interface TagRoutine {
  readonly calls: readonly (Call | Change)[];
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
}

/**
 * @example
 * tags: tagCalls(iam, { update: 'TagRole', remove: 'UntagRole', resource: { RoleName: 'name' } })
 */
export function tagCalls(service: Service, options: TagOptions): TagCalls {
  const { resource: by, update = 'TagResource', remove = 'UntagResource', form = 'list', members } = options;
  const { tags: tagsMember, keys: keysMember } = members ?? { tags: 'Tags', keys: 'TagKeys' };
  return {
    update: service.change(update),
    remove: service.change(remove),
    updateInput: (resource, tags) => ({
      ...inputFor(by, [resource]),
      [tagsMember]: form === 'map' ? tags : keysAndValues(tags),
    }),
    removeInput: (resource, keys) => ({ ...inputFor(by, [resource]), [keysMember]: keys }),
  };
}

/** Tags as most calls take them. */
export function keysAndValues(tags: Tags): { readonly Key: string; readonly Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Calls that change tags of a kind. */
export function callsOfTags(declaration: TagDeclaration): readonly (Call | Change)[] {
  return 'calls' in declaration ? declaration.calls : [declaration.update, declaration.remove];
}

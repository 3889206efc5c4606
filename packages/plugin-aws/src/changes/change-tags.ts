/** Changing the tags of a resource. */
import { errorCode, ProviderError } from '@resoto/worker-core/plugin';
import type { PluginContext, StoredResource, TagChanges } from '@resoto/worker-core/plugin';

import { declared } from '../aws-kind.ts';
import type { WriteClient } from '../call.ts';
import { regionOf } from './place.ts';
import { withTagSession } from './tag-sessions.ts';
import type { TagCalls, TagDeclaration } from './tag-calls.ts';

/** See `TagSupport` of the plugin contract. */
export async function changeTags(
  resource: StoredResource,
  changes: TagChanges,
  context: PluginContext,
): Promise<ReadonlyMap<string, unknown>> {
  const declaration = declared(resource.kind)?.tags;
  if (declaration === undefined) throw new ProviderError(`${resource.kind.fqn} has no tags that can be changed`);
  return withTagSession(resource, context, (session) =>
    applyTags(session.in(regionOf(resource), context.signal), declaration, resource, changes),
  );
}

/** @returns why single keys were not changed. Throws when none was */
export async function applyTags(
  client: WriteClient,
  declaration: TagDeclaration,
  resource: StoredResource,
  changes: TagChanges,
): Promise<ReadonlyMap<string, unknown>> {
  if ('calls' in declaration) {
    await declaration.change(client, resource, changes);
    return new Map();
  }
  const failed = new Map<string, unknown>();
  const { remove, update } = steps(client, declaration, resource, changes);
  await attempt(changes.remove, remove, failed);
  await attempt(Object.keys(changes.update), update, failed);
  const keys = changes.remove.length + Object.keys(changes.update).length;
  if (failed.size === keys && keys > 0) throw [...failed.values()][0];
  return failed;
}

type Step = (keys: readonly string[]) => Promise<unknown>;

function steps(
  client: WriteClient,
  calls: TagCalls,
  resource: StoredResource,
  changes: TagChanges,
): { readonly remove: Step; readonly update: Step } {
  return {
    remove: (keys) => client.change(calls.remove, calls.removeInput(resource, keys)),
    update: (keys) => {
      const tags = Object.fromEntries(keys.map((key) => [key, changes.update[key] ?? '']));
      return client.change(calls.update, calls.updateInput(resource, tags));
    },
  };
}

/** Errors that say nothing about a single key. */
const ofTheWhole = new Set(['missing_permission', 'login_failed', 'throttled', 'unnamed_resource']);

/** All keys in one call. When that is refused, each by itself: one of them may have spoilt it for all. */
async function attempt(keys: readonly string[], step: Step, failed: Map<string, unknown>): Promise<void> {
  if (keys.length === 0) return;
  try {
    await step(keys);
  } catch (error) {
    if (keys.length > 1 && !ofTheWhole.has(errorCode(error) ?? '')) {
      for (const key of keys) await attempt([key], step, failed);
    } else {
      for (const key of keys) failed.set(key, error);
    }
  }
}

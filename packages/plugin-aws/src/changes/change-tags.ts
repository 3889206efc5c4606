/** Changing the tags of a resource. */
import { errorCode, pause, ProviderError } from '@resoto/worker-core/plugin';
import type { PluginContext, StoredResource, TagChanges } from '@resoto/worker-core/plugin';

import { declared } from '../aws-kind.ts';
import type { WriteClient } from '../call.ts';
import { regionOf } from './place.ts';
import { withTagSession } from './tag-sessions.ts';
import type { TagDeclaration } from './tag-calls.ts';

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
  const failed = new Map<string, unknown>();
  const keys = keysOf(changes);
  for (const key of keys) if (reserved.test(key)) failed.set(key, reservedKey(key));
  const step = stepOf(client, declaration, resource);
  for (const part of partsOf(
    declaration,
    only(changes, (key) => !failed.has(key)),
  )) {
    await attempt(part, step, client.signal, failed);
  }
  if (failed.size === keys.length && keys.length > 0) throw [...failed.values()][0];
  return failed;
}

type Step = (changes: TagChanges) => Promise<unknown>;

function stepOf(client: WriteClient, declaration: TagDeclaration, resource: StoredResource): Step {
  if ('calls' in declaration) return (changes) => declaration.change(client, resource, changes);
  const { remove, removeInput, update, updateInput } = declaration;
  return (changes) =>
    changes.remove.length > 0
      ? client.change(remove, removeInput(resource, changes.remove))
      : client.change(update, updateInput(resource, changes.update));
}

/** Changes that go in one call: all of them, or those of one direction. */
function partsOf(declaration: TagDeclaration, { remove, update }: TagChanges): TagChanges[] {
  const parts: TagChanges[] =
    'calls' in declaration && declaration.together === true
      ? [{ remove, update }]
      : [
          { remove, update: {} },
          { remove: [], update },
        ];
  return parts.filter((part) => keysOf(part).length > 0);
}

/** Errors that say nothing about a single key. */
const ofTheWhole = new Set(['missing_permission', 'login_failed', 'throttled', 'unnamed_resource', 'resource_in_use']);

/** All keys in one call. When that is refused, each by itself: one of them may have spoilt it for all. */
async function attempt(
  changes: TagChanges,
  step: Step,
  signal: AbortSignal,
  failed: Map<string, unknown>,
): Promise<void> {
  const keys = keysOf(changes);
  try {
    await whenFree(() => step(changes), signal);
  } catch (error) {
    if (keys.length > 1 && !signal.aborted && !ofTheWhole.has(errorCode(error) ?? '')) {
      for (const key of keys)
        await attempt(
          only(changes, (one) => one === key),
          step,
          signal,
          failed,
        );
    } else {
      for (const key of keys) failed.set(key, error);
    }
  }
}

/** Milliseconds before a resource is tried again that is just being changed by somebody else. */
const pauses = [500, 1_000, 2_000, 4_000];

async function whenFree(work: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  for (const milliseconds of [...pauses, undefined]) {
    try {
      await work();
      return;
    } catch (error) {
      if (milliseconds === undefined || errorCode(error) !== 'resource_in_use') throw error;
      await pause(milliseconds, signal);
    }
  }
}

/** The vendor's own tags, in any case: nobody else may set or remove them. */
const reserved = /^aws:/i;

function reservedKey(key: string): ProviderError {
  return new ProviderError(`The tag ${key} cannot be changed: keys that begin with aws: belong to AWS`, {
    code: 'reserved_tag',
  });
}

function keysOf({ remove, update }: TagChanges): string[] {
  return [...remove, ...Object.keys(update)];
}

function only({ remove, update }: TagChanges, isMeant: (key: string) => boolean): TagChanges {
  return {
    remove: remove.filter(isMeant),
    update: Object.fromEntries(Object.entries(update).filter(([key]) => isMeant(key))),
  };
}

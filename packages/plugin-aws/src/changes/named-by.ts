/** Inputs of calls, made from the properties of stored resources. */
import { ProviderError } from '@resoto/worker-core/plugin';
import type { StoredResource } from '@resoto/worker-core/plugin';

import { textOf } from '../values.ts';

/**
 * What an input takes from resources: `{ VolumeId: 'id' }` is property `id` of the one resource, `{ VolumeIds: ['id'] }` a
 * list with that of each.
 */
export type NamedBy = Readonly<Record<string, string | readonly [string]>>;

/** @throws ProviderError `unnamed_resource` when a resource lacks the property */
export function inputFor(by: NamedBy, resources: readonly StoredResource[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(by).map(([member, property]) => [
      member,
      typeof property === 'string'
        ? textIn(resources[0], property)
        : resources.map((resource) => textIn(resource, property[0])),
    ]),
  );
}

/** A property that has to be there. */
export function textIn(resource: StoredResource | undefined, property: string): string {
  const value = resource?.reported[property];
  if (typeof value === 'string' && value !== '') return value;
  const what = `${resource?.kind.fqn ?? 'resource'} ${textOf(resource?.reported['id'])}`;
  throw new ProviderError(`${what} has no ${property}, by which AWS knows it`, {
    code: 'unnamed_resource',
    hint: 'It comes with the next collect.',
  });
}

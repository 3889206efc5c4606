import type { Owners } from './graph-sink.ts';

/** Ids of the owners of a node. A missing one is `undefined` as text, which is what identity is computed from. */
export type OwnerIds = { readonly [Owner in keyof Owners]-?: string };

export type Owner = keyof Owners;

/** Base kinds whose nodes own themselves and everything below them. */
export const ownerKinds: ReadonlyMap<string, Owner> = new Map([
  ['base_cloud', 'cloud'],
  ['account', 'account'],
  ['region', 'region'],
  ['zone', 'zone'],
  ['dns_zone', 'dnsZone'],
]);

const missing = 'undefined';

export const noOwners: OwnerIds = owners({});

/**
 * Owners of a node: those of its parent, the node itself where its kind owns, and what was given explicitly.
 *
 * @param self  what the node itself owns, with its id
 */
export function ownersBelow(
  parent: OwnerIds,
  self: readonly [Owner, string] | undefined,
  explicit: { readonly [owner in Owner]?: string | null } = {},
): OwnerIds {
  return owners({ ...parent, ...(self !== undefined && { [self[0]]: self[1] }), ...explicit });
}

/** Numbers combinations of owners, so that a node keeps one number instead of five texts. */
export class OwnerTable {
  readonly #numbers = new Map<string, number>();
  readonly #owners: OwnerIds[] = [];
  readonly #regions: number[] = [];
  readonly #regionNumbers = new Map<string, number>();

  add(ids: OwnerIds): number {
    const key = JSON.stringify(ids);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#owners.push(ids) - 1;
    this.#numbers.set(key, number);
    this.#regions.push(numberOf(this.#regionNumbers, ids.region));
    return number;
  }

  get(number: number): OwnerIds {
    return this.#owners[number] ?? noOwners;
  }

  /** The same number for all combinations with the same region. */
  region(number: number): number {
    return this.#regions[number] ?? 0;
  }
}

function owners(ids: { readonly [owner in Owner]?: string | null | undefined }): OwnerIds {
  return {
    cloud: ids.cloud ?? missing,
    account: ids.account ?? missing,
    region: ids.region ?? missing,
    zone: ids.zone ?? missing,
    dnsZone: ids.dnsZone ?? missing,
  };
}

function numberOf(numbers: Map<string, number>, text: string): number {
  const known = numbers.get(text);
  if (known !== undefined) return known;
  numbers.set(text, numbers.size);
  return numbers.size - 1;
}

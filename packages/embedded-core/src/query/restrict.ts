import type { JsonValue } from '@resoto/worker-core';
import { isJsonArray } from '../json.ts';
import { FLAG_CLEANED, FLAG_PROTECTED, type Owner } from '../graph/schema.ts';
import type { Quantifier } from './ast.ts';
import { ANYTHING, type Condition } from './condition.ts';
import { isOwner, type Property } from './property.ts';

/** What the table of nodes can tell without reading nodes. */
export interface Candidates {
  /** Numbers of those kinds that were ever stored. */
  kindNumbers(kinds: Iterable<string>): number[];
  /** Whether a worker has set ancestors anywhere; they win over the computed ones. */
  readonly presetAncestors: boolean;
  /** Numbers of the nodes of an owner kind whose property matches. */
  owners(owner: Owner, property: Property, matches: (value: JsonValue) => boolean): number[];
}

export interface Restriction {
  readonly property: Property;
  readonly quantifier: Quantifier | undefined;
  readonly matches: (value: JsonValue) => boolean;
  readonly value: JsonValue;
  readonly operator: string;
  readonly candidates: Candidates;
}

/** A condition every node fulfils that matches, found from the columns and indexes there are. */
export function restrictPredicate(restriction: Restriction): Condition {
  const { property, quantifier, matches } = restriction;
  // What a missing value fulfils, every node may fulfil.
  if (quantifier === 'all' || quantifier === 'none' || matches(null)) return ANYTHING;
  if (property.ancestor !== undefined) return byOwner(restriction, property.ancestor);
  const path = property.segments.map(({ name, marks }) => (marks.length === 0 ? name : undefined)).join('.');
  switch (path) {
    case 'reported.id':
      return byResourceId(restriction);
    case 'metadata.cleaned':
      return byFlag(restriction, FLAG_CLEANED);
    case 'metadata.protected':
      return byFlag(restriction, FLAG_PROTECTED);
    default:
      return property.segments[0]?.name === 'desired' ? { ...ANYTHING, sql: 'desired IS NOT NULL' } : ANYTHING;
  }
}

function byResourceId({ operator, value }: Restriction): Condition {
  const wanted = operator === '==' ? [value] : operator === 'in' && isJsonArray(value) ? value : undefined;
  if (wanted === undefined || wanted.some((id) => typeof id === 'object')) return ANYTHING;
  return {
    sql: 'rid IN (SELECT value FROM json_each(?))',
    values: [JSON.stringify(wanted.map(String))],
    exact: false,
  };
}

function byFlag({ operator, value }: Restriction, flag: number): Condition {
  if (operator !== '==' || value !== true) return ANYTHING;
  return { sql: `(flags <> 0 AND flags & ${flag} <> 0)`, values: [], exact: true };
}

function byOwner({ candidates, property, matches }: Restriction, owner: string): Condition {
  if (!isOwner(owner)) return ANYTHING;
  const keys = candidates.owners(owner, property, matches);
  const sql = `${owner} IN (${keys.join(', ')})`;
  return { ...ANYTHING, sql: candidates.presetAncestors ? `(${sql} OR ancestors IS NOT NULL)` : sql };
}

import type { EdgeType, JsonValue } from '@resoto/worker-core';

/** A parsed query (protocol 10.3). `position` counts characters of the query text from 0. */
export interface Query {
  readonly parts: readonly Part[];
}

/** Narrows, orders and cuts what it gets, and walks on from there. */
export interface Part {
  readonly term: Term;
  readonly sort: readonly SortKey[];
  readonly limit: Limit | undefined;
  readonly navigation: Navigation | undefined;
}

export type Term =
  | { readonly is: 'all' }
  | { readonly is: 'and' | 'or'; readonly left: Term; readonly right: Term }
  | { readonly is: 'not'; readonly term: Term }
  | { readonly is: 'kind'; readonly names: readonly string[]; readonly position: number }
  | { readonly is: 'id'; readonly ids: readonly string[] }
  | Predicate;

export interface Predicate {
  readonly is: 'predicate';
  readonly path: Path;
  /** How many elements of an array have to fulfil the comparison. */
  readonly quantifier: Quantifier | undefined;
  readonly operator: Operator;
  readonly value: JsonValue;
  /** Where the value stands. */
  readonly position: number;
}

export type Quantifier = 'any' | 'all' | 'none';
export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=' | '=~' | '!~' | 'in' | 'not in';

export interface Path {
  readonly absolute: boolean;
  readonly segments: readonly Segment[];
  readonly position: number;
}

export interface Segment {
  readonly name: string;
  /** An index into an array, or `*` for all its elements; several for arrays of arrays. */
  readonly marks: readonly (number | '*')[];
}

export interface SortKey {
  readonly path: Path;
  readonly descending: boolean;
}

export interface Limit {
  readonly offset: number;
  readonly count: number;
}

export interface Navigation {
  /** Steps to take at least and at most. */
  readonly from: number;
  readonly to: number;
  /** Edge types to walk against and along their direction; undefined means the default ones. Absent: not that way. */
  readonly inbound?: readonly EdgeType[] | undefined;
  readonly outbound?: readonly EdgeType[] | undefined;
  readonly direction: 'in' | 'out' | 'both';
  /** What an edge has to fulfil (fix generation only). */
  readonly edgeFilter: Term | undefined;
}

/** The longest walk (protocol 13.2). */
export const MAX_DEPTH = 250;

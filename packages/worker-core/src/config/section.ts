import type { JsonValue } from '../protocol/json.ts';

export type FieldType =
  | 'string'
  | 'int64'
  | 'double'
  | 'boolean'
  | 'duration'
  | 'any'
  | { readonly list: FieldType }
  | { readonly map: FieldType }
  | { readonly oneOf: readonly string[]; readonly name: string }
  | { readonly object: Readonly<Record<string, FieldDeclaration>>; readonly name: string };

export interface FieldDeclaration {
  readonly type: FieldType;
  /** Null is allowed and means "not set". */
  readonly nullable?: boolean;
  readonly default: JsonValue;
  readonly description: string;
  /** A change needs a restart of the worker. */
  readonly restart?: boolean;
  /** Never shown in a log, an error or a page. */
  readonly secret?: boolean;
}

/** One section of the configuration document: the single source of defaults, types, the model at the core and the docs. */
export interface SectionDeclaration {
  readonly name: string;
  readonly description: string;
  readonly fields: Readonly<Record<string, FieldDeclaration>>;
}

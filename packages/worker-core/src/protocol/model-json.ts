/** The resource model on the wire (protocol 7.3). */
import type { JsonObject } from './json.ts';

export type RuntimeKind =
  'string' | 'int32' | 'int64' | 'float' | 'double' | 'boolean' | 'date' | 'datetime' | 'duration';

/** An enumeration or a restricted value. */
export interface SimpleKindJson {
  readonly fqn: string;
  readonly runtime_kind: RuntimeKind;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly min_length?: number;
  readonly max_length?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface PropertyJson {
  readonly name: string;
  /** `<name>`, `<kind>[]`, `dictionary[<simple key>, <value kind>]`. */
  readonly kind: string;
  readonly required?: boolean;
  readonly description?: string | null;
  readonly metadata?: JsonObject;
  /** Path of the property this one is computed from; it is never stored. */
  readonly synthetic?: { readonly path: readonly string[] };
}

export interface ComplexKindJson {
  readonly fqn: string;
  readonly bases?: readonly string[];
  readonly properties?: readonly PropertyJson[];
  readonly allow_unknown_props?: boolean;
  /** Edge type → kinds that may follow. */
  readonly successor_kinds?: Readonly<Record<string, readonly string[]>> | null;
  /** True for kinds whose instances are nodes. */
  readonly aggregate_root?: boolean;
  readonly metadata?: JsonObject | null;
}

export type KindJson = SimpleKindJson | ComplexKindJson;

/** Kinds every core knows without being told. */
export const predefinedKinds: ReadonlySet<string> = new Set([
  'string',
  'int32',
  'int64',
  'float',
  'double',
  'boolean',
  'date',
  'datetime',
  'duration',
  'any',
  'trafo.duration_to_datetime',
  'graph_root',
  'predefined_properties',
]);

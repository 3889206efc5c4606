/**
 * The resource model as data. A kind is declared once (`declare.ts`); the model for the core, the reader of vendor
 * answers, the check of every node, references, permissions and docs are derived from it.
 */
import type { JsonValue } from '../protocol/json.ts';

export type SimpleType =
  'string' | 'int32' | 'int64' | 'float' | 'double' | 'boolean' | 'date' | 'datetime' | 'duration' | 'any';

/** An enumeration: a string kind with a fixed list of values. */
export interface EnumKind {
  readonly fqn: string;
  readonly values: readonly string[];
}

/** What a property holds. Dictionary keys are always strings. */
export type PropertyType =
  | { readonly is: 'simple'; readonly name: SimpleType }
  | { readonly is: 'enum'; readonly kind: EnumKind }
  | { readonly is: 'object'; readonly kind: ValueKind }
  | { readonly is: 'list'; readonly of: PropertyType }
  | { readonly is: 'dictionary'; readonly of: PropertyType };

/** Reads a value out of a vendor's answer. `undefined` and `null` both mean: the answer does not have it. */
export type Reader = (answer: unknown) => unknown;

export interface Property {
  readonly type: PropertyType;
  /** Where a vendor's answer holds the value. Absent: set by the collector's code, or never. */
  readonly read?: Reader;
  /** Value of the property when nothing was read. Null: the property is left out, also where the base or the type has a value. */
  readonly initial?: JsonValue;
  /** Property of the same node whose value is taken when nothing was read and there is no initial value. */
  readonly initialFrom?: string;
  readonly required?: boolean;
  readonly description?: string;
  /** Property metadata of the model, for example `ignore_history`. */
  readonly metadata?: Readonly<Record<string, JsonValue>>;
  /** Path of the property this one is computed from by the core. Such a property is never sent. */
  readonly synthetic?: readonly string[];
}

/** What nodes and nested values have in common. */
export interface Declared {
  readonly fqn: string;
  readonly bases: readonly Kind[];
  /** All properties: those of the bases first, with the sources this kind gives them, then its own. */
  readonly properties: Readonly<Record<string, Property>>;
  /** Names of the properties this kind adds to those of its bases. Its model has only these. */
  readonly own: readonly string[];
}

/** A nested value. Not a node; as a base of a node kind it only adds properties. */
export interface ValueKind extends Declared {
  readonly aggregateRoot: false;
  readonly bases: readonly ValueKind[];
  readonly metadata?: Readonly<Record<string, JsonValue>>;
}

/** Seen from the declaring kind: `out` is an edge to the target, `in` an edge from the target. */
export type EdgeDirection = 'in' | 'out';

/**
 * An edge that is found by a property of the other end instead of a look-up in code.
 *
 * `{ to: 'aws_ec2_instance', by: 'id', read: path('Attachments[].InstanceId'), default: 'in', delete: 'out' }` on a volume says:
 * the instance is its parent, and has to be deleted before it.
 */
export interface Reference {
  /** Kind of the target; nodes of derived kinds count. */
  readonly to: string;
  /** Property of the target that has to be equal to the value read, or a path to one inside of it (`attachments[].vpc_id`). */
  readonly by: string;
  /** Reads the value, or an array of values, from the vendor's answer of the declaring node. */
  readonly read: Reader;
  readonly default?: EdgeDirection;
  readonly delete?: EdgeDirection;
  /** The target may live in another account: an open reference becomes a deferred edge. */
  readonly acrossAccounts?: boolean;
}

/** What an account must allow so that this kind can be listed, tagged and deleted. */
export interface Permissions {
  readonly collect: readonly string[];
  readonly tag?: readonly string[];
  readonly cleanup?: readonly string[];
}

/** Kinds that may follow a kind, by edge type. */
export interface Successors {
  readonly default?: readonly string[];
  readonly delete?: readonly string[];
}

/** A kind whose instances are nodes of the graph. */
export interface NodeKind extends Declared {
  readonly aggregateRoot: true;
  readonly references: readonly Reference[];
  /** Kinds that may follow beside those that follow from references. */
  readonly successors?: Successors;
  /** Properties whose values are appended to the identity of a node when they are not null (protocol 7.10). */
  readonly identity: readonly string[];
  /** A thing without existence of its own (type, quota, price): never tagged, never deleted. */
  readonly phantom: boolean;
  /** Class path the reference worker of the resoto generation needs to understand a node (`metadata.python_type`). */
  readonly pythonType: string;
  /** Display name, icon and group. */
  readonly metadata: Readonly<Record<string, JsonValue>>;
  readonly permissions: Permissions;
  /** True when the core or a base library defines it already, so no plugin has to bring it. */
  readonly base: boolean;
}

export type Kind = NodeKind | ValueKind;

/** Property values of one node or nested value, by property name. */
export type Reported = Record<string, unknown>;

/**
 * Declaration of kinds: what a node or nested value has, where a vendor's answer holds it, and what it refers to.
 *
 * @example
 * export const volume = kind('aws_ec2_volume', [awsResource, base.volume], {
 *   name: 'AWS EC2 Volume',
 *   pythonType: 'resoto_plugin_aws.resource.ec2.AwsEc2Volume',
 *   properties: {
 *     id: string('VolumeId'),
 *     tags: dictionary('string', path('Tags', tagsToObject())),
 *     ctime: datetime('CreateTime'),
 *     volume_status: oneOf(base.volumeStatus, 'State', { creating: 'busy', 'in-use': 'in-use' }, 'unknown'),
 *     volume_attachments: list(volumeAttachment, 'Attachments'),
 *     volume_kms_key_id: string('KmsKeyId'),
 *   },
 *   references: [ref('aws_ec2_instance', { by: 'id', from: 'Attachments[].InstanceId', default: 'in', delete: 'out' })],
 *   permissions: { collect: ['ec2:DescribeVolumes'] },
 * });
 */
import type { JsonValue } from '../protocol/json.ts';
import { conversion } from './convert.ts';
import { mergeProperties } from './inherit.ts';
import { isObject } from './members.ts';
import { read } from './read.ts';
import { chain, mapped, reader } from './readers.ts';
import type { Source } from './readers.ts';
import type {
  EdgeDirection,
  EnumKind,
  Kind,
  NodeKind,
  Permissions,
  Property,
  PropertyType,
  Reader,
  Reference,
  SimpleType,
  Successors,
  ValueKind,
} from './types.ts';

export interface PropertyOptions {
  /** Value when nothing was read. Null: none, where a list (`[]`) or the base has one. */
  readonly initial?: JsonValue;
  /** Property whose value is taken when nothing was read and there is no initial value. */
  readonly initialFrom?: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly metadata?: Readonly<Record<string, JsonValue>>;
  /** Path of the property the core computes this one from. */
  readonly synthetic?: readonly string[];
}

/** What lists and dictionaries are made of. */
export type ElementType = SimpleType | EnumKind | ValueKind | PropertyType;

type PropertyBuilder = (source?: Source, options?: PropertyOptions) => Property;

export const string: PropertyBuilder = simple('string');
export const int64: PropertyBuilder = simple('int64');
export const int32: PropertyBuilder = simple('int32');
export const float: PropertyBuilder = simple('float');
export const double: PropertyBuilder = simple('double');
export const boolean: PropertyBuilder = simple('boolean');
export const datetime: PropertyBuilder = simple('datetime');
export const date: PropertyBuilder = simple('date');
export const duration: PropertyBuilder = simple('duration');
export const any: PropertyBuilder = simple('any');

/** A value of an enumeration. `values` translates the vendor's words; what is not in it becomes `other`, or stays as it is. */
export function oneOf(
  kind: EnumKind,
  source?: Source,
  values?: Readonly<Record<string, string>>,
  other?: string,
  options?: PropertyOptions,
): Property {
  const translate = values === undefined ? undefined : mapped(values, other);
  return property({ is: 'enum', kind }, source, options, translate);
}

/** A nested value. An empty object in the answer counts as nothing. */
export function object(kind: ValueKind, source?: Source, options?: PropertyOptions): Property {
  return property({ is: 'object', kind }, source, options);
}

/** A list; empty when the answer has none. A single value becomes a list of one. */
export function list(of: ElementType, source?: Source, options?: PropertyOptions): Property {
  return property({ is: 'list', of: elementType(of) }, source, options);
}

/** An object with any keys and values of one type. */
export function dictionary(of: ElementType, source?: Source, options?: PropertyOptions): Property {
  return property({ is: 'dictionary', of: elementType(of) }, source, options);
}

export function enumeration(fqn: string, values: readonly string[]): EnumKind {
  return { fqn, values: [...values] };
}

/** A nested value kind. */
export function value(
  fqn: string,
  properties: Readonly<Record<string, Property>>,
  metadata?: Readonly<Record<string, JsonValue>>,
  bases: readonly ValueKind[] = [],
): ValueKind {
  return {
    aggregateRoot: false,
    fqn,
    bases: [...bases],
    ...mergeProperties(fqn, bases, properties),
    ...(metadata !== undefined && { metadata }),
  };
}

export interface KindDeclaration {
  /** Display name. */
  readonly name?: string;
  /** Icon and group. Absent: those of the bases. */
  readonly icon?: string;
  readonly group?: string;
  /** Further metadata of the kind. */
  readonly metadata?: Readonly<Record<string, JsonValue>>;
  readonly pythonType: string;
  /** Absent: true when a base is one. */
  readonly phantom?: boolean;
  /** Properties appended to the identity. Absent: those of the first base that has some. */
  readonly identity?: readonly string[];
  /** Own properties. The name of an inherited one, with the same type, gives that one a source (or another initial value). */
  readonly properties?: Readonly<Record<string, Property>>;
  readonly references?: readonly Reference[];
  readonly successors?: Successors;
  readonly permissions?: Permissions;
  /** Set by base kinds only. */
  readonly base?: boolean;
}

/**
 * A node kind.
 *
 * @param bases  direct bases, node kinds or nested value kinds
 * @throws TypeError when a property is declared with two types along the bases
 */
export function kind(fqn: string, bases: readonly Kind[], declaration: KindDeclaration): NodeKind {
  const nodes = bases.filter((base) => base.aggregateRoot);
  return {
    aggregateRoot: true,
    fqn,
    bases: [...bases],
    ...mergeProperties(fqn, bases, declaration.properties ?? {}),
    references: [...(declaration.references ?? [])],
    ...(declaration.successors !== undefined && { successors: declaration.successors }),
    identity: [...(declaration.identity ?? nodes.find((base) => base.identity.length > 0)?.identity ?? [])],
    phantom: declaration.phantom ?? nodes.some((base) => base.phantom),
    pythonType: declaration.pythonType,
    metadata: kindMetadata(nodes, declaration),
    permissions: declaration.permissions ?? { collect: [] },
    base: declaration.base ?? false,
  };
}

/** What a reference says beside its target. `default` and `delete`: direction of the edge of that type, none when absent. */
export interface ReferenceOptions {
  /** Property of the target. */
  readonly by: string;
  /** Where the answer holds that property's value, or an array of such values. */
  readonly from: Source;
  readonly default?: EdgeDirection;
  readonly delete?: EdgeDirection;
  readonly acrossAccounts?: boolean;
}

/** A reference to nodes of a kind, named or given; nodes of derived kinds count. */
export function ref(to: string | NodeKind, { from, ...options }: ReferenceOptions): Reference {
  return { to: typeof to === 'string' ? to : to.fqn, read: reader(from), ...options };
}

function simple(name: SimpleType): PropertyBuilder {
  const type: PropertyType = { is: 'simple', name };
  return (source, options) => property(type, source, options);
}

function property(type: PropertyType, source?: Source, options?: PropertyOptions, translate?: Reader): Property {
  if (source === undefined) return { type, ...options };
  const steps = [translate, converter(type)].filter((step) => step !== undefined);
  return { type, read: chain([reader(source), ...steps]), ...options };
}

/** Converts a value that is there. Undefined: values are taken as they come. */
function converter(type: PropertyType): Reader | undefined {
  switch (type.is) {
    case 'simple':
      return conversion(type.name);
    case 'enum':
      return undefined;
    case 'object':
      return (found) => readNested(type.kind, found);
    case 'list': {
      const convert = converter(type.of);
      return convert === undefined ? undefined : (found) => convertList(found, convert);
    }
    case 'dictionary': {
      const convert = converter(type.of);
      return convert === undefined ? undefined : (found) => convertValues(found, convert);
    }
  }
}

function readNested(of: ValueKind, found: unknown): unknown {
  if (!isObject(found)) return found;
  return Object.keys(found).length === 0 ? undefined : read(of, found);
}

// Null elements stay: what is wrong with them is for the check to say.
function convertList(found: unknown, convert: Reader): unknown[] {
  const elements: unknown[] = Array.isArray(found) ? found : [found];
  return elements.map((element) => (element === null || element === undefined ? null : (convert(element) ?? null)));
}

function convertValues(found: unknown, convert: Reader): unknown {
  if (!isObject(found)) return found;
  return Object.fromEntries(
    Object.entries(found).map(([key, element]) => [
      key,
      element === null || element === undefined ? null : convert(element),
    ]),
  );
}

function elementType(of: ElementType): PropertyType {
  if (typeof of === 'string') return { is: 'simple', name: of };
  if ('is' in of) return of;
  return 'values' in of ? { is: 'enum', kind: of } : { is: 'object', kind: of };
}

function kindMetadata(bases: readonly NodeKind[], declaration: KindDeclaration): Record<string, JsonValue> {
  const { name, icon = inherited(bases, 'icon'), group = inherited(bases, 'group'), metadata } = declaration;
  return {
    ...(name !== undefined && { name }),
    ...(icon !== undefined && { icon }),
    ...(group !== undefined && { group }),
    ...metadata,
  };
}

// The picture of the root kind says nothing, so any other base's goes first.
function inherited(bases: readonly NodeKind[], member: 'icon' | 'group'): JsonValue | undefined {
  const said = bases.map((base) => base.metadata[member]).filter((found) => found !== undefined);
  return said.find((found) => found !== nothingSaid[member]) ?? said[0];
}

const nothingSaid = { icon: 'resource', group: 'misc' };

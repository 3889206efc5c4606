import type { JsonObject, JsonValue } from '../protocol/json.ts';

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
  | {
      readonly object: FieldDeclarations;
      readonly name: string;
      /** Members nobody declared may stand in it, and are ignored. */
      readonly open?: boolean;
    };

export interface FieldDeclaration {
  readonly type: FieldType;
  /** Null is allowed and means "not set". */
  readonly nullable?: boolean;
  readonly default: JsonValue;
  /** What the default is, for one that depends on the machine. */
  readonly defaultInWords?: string;
  readonly description: string;
  /**
   * Smallest and largest value that is allowed: of numbers, and of durations in seconds. In lists and maps they hold for the
   * elements. Durations are not negative unless `min` says so.
   */
  readonly min?: number;
  readonly max?: number;
  /** A change needs a restart of the worker. Only fields of the section itself are looked at, not parts of them. */
  readonly restart?: boolean;
  /**
   * It holds back deletions, and its default does not. So the default never takes its place when a variable it names is not set: that
   * is an error.
   */
  readonly brake?: boolean;
  /** Never shown in a log, an error or a page. */
  readonly secret?: boolean;
  /** The text has several lines; editors show a larger field. */
  readonly multiline?: boolean;
}

export type FieldDeclarations = Readonly<Record<string, FieldDeclaration>>;

/** One section of the configuration document: the single source of defaults, types, the model at the core and the docs. */
export interface SectionDeclaration {
  readonly name: string;
  readonly description: string;
  readonly fields: FieldDeclarations;
}

/** Declares a section and keeps its exact type, so that {@link sectionValues} knows the type of each value. */
export function declareSection<const Section extends SectionDeclaration>(section: Section): Section {
  return section;
}

/**
 * Typed view of the effective configuration of a section, as a plugin finds it in its context.
 *
 * @param config  must be the effective configuration of this very section: it is not checked again
 */
export function sectionValues<Section extends SectionDeclaration>(
  _section: Section,
  config: JsonObject,
): SectionValues<Section> {
  // Whatever is effective went through the parser of this declaration, which gives every field a value of its type.
  return config as SectionValues<Section>;
}

export type SectionValues<Section extends SectionDeclaration> = FieldValues<Section['fields']>;

type FieldValues<Fields extends FieldDeclarations> = {
  readonly [name in keyof Fields]: Fields[name]['nullable'] extends true
    ? FieldValue<Fields[name]['type']> | null
    : FieldValue<Fields[name]['type']>;
};

type FieldValue<Type extends FieldType> = Type extends 'string' | 'duration'
  ? string
  : Type extends 'int64' | 'double'
    ? number
    : Type extends 'boolean'
      ? boolean
      : Type extends { readonly list: infer Element extends FieldType }
        ? readonly FieldValue<Element>[]
        : Type extends { readonly map: infer Element extends FieldType }
          ? Readonly<Record<string, FieldValue<Element>>>
          : Type extends { readonly oneOf: readonly (infer Name extends string)[] }
            ? Name
            : Type extends { readonly object: infer Fields extends FieldDeclarations }
              ? FieldValues<Fields>
              : JsonValue;

/** What an answer looks like on the wire, prepared once per call from the schema of the vendor's client. */
import { NormalizedSchema } from '@smithy/core/schema';

export type Shape =
  | { readonly is: 'text'; readonly convert: (text: string) => unknown }
  | { readonly is: 'structure'; readonly members: ReadonlyMap<string, Member> }
  | { readonly is: 'list'; readonly item: string; readonly of: Shape }
  | { readonly is: 'map'; readonly key: string; readonly value: string; readonly of: Shape };

export interface Member {
  readonly name: string;
  readonly shape: Shape;
  /** The elements of a list stand beside the other members, without an element around them. */
  readonly flat: boolean;
}

type Schema = Parameters<typeof NormalizedSchema.of>[0];

/** @param schema  output of an operation, as the vendor's client has it */
export function shapeOf(schema: unknown): Shape {
  // Schemas are opaque outside of the vendor's packages; this is the package that reads them.
  return new Shapes().of(NormalizedSchema.of(schema as Schema));
}

/** Structures may contain themselves, so each is prepared once and looked up after that. */
class Shapes {
  readonly #known = new Map<unknown, Shape>();

  of(schema: NormalizedSchema): Shape {
    if (schema.isListSchema()) {
      const of = schema.getValueSchema();
      return { is: 'list', item: xmlName(of) ?? 'member', of: this.of(of) };
    }
    if (schema.isMapSchema()) {
      const of = schema.getValueSchema();
      return {
        is: 'map',
        key: xmlName(schema.getKeySchema()) ?? 'key',
        value: xmlName(of) ?? 'value',
        of: this.of(of),
      };
    }
    return schema.isStructSchema() ? this.#structure(schema) : { is: 'text', convert: conversion(schema) };
  }

  #structure(schema: NormalizedSchema): Shape {
    const known = this.#known.get(schema.getSchema());
    if (known !== undefined) return known;
    const members = new Map<string, Member>();
    const shape: Shape = { is: 'structure', members };
    this.#known.set(schema.getSchema(), shape);
    for (const [name, member] of schema.structIterator()) {
      const flat = member.isListSchema() && member.getMergedTraits().xmlFlattened === 1;
      members.set(member.getMemberTraits().xmlName ?? name, { name, shape: this.of(member), flat });
    }
    return shape;
  }
}

function xmlName(schema: NormalizedSchema): string | undefined {
  const { xmlName: name } = schema.getMergedTraits();
  return typeof name === 'string' ? name : undefined;
}

function conversion(schema: NormalizedSchema): (text: string) => unknown {
  if (schema.isBooleanSchema()) return (text) => text === 'true';
  if (schema.isNumericSchema()) return Number;
  if (schema.isTimestampSchema()) return (text) => new Date(text);
  if (schema.isBlobSchema()) return (text) => Buffer.from(text, 'base64');
  if (schema.isBigIntegerSchema()) return BigInt;
  return (text) => text;
}

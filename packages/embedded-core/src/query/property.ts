import { isJsonObject, type JsonValue } from '@resoto/worker-core';
import { isJsonArray } from '../json.ts';
import { OWNERS, type Owner, type SectionColumn } from '../graph/schema.ts';
import type { SimpleKind } from '../model/kind.ts';
import type { Model } from '../model/model.ts';
import type { Path, Segment } from './ast.ts';
import type { Subject } from './subject.ts';

/** A path of a query, ready to read values from nodes. */
export interface Property {
  /** Path behind `ancestors.<kind>`, or the whole path. */
  readonly segments: readonly Segment[];
  /** Kind of the ancestor the path is read from. */
  readonly ancestor: string | undefined;
  /** Kind of the values, if the model knows. Ages have the kind of the time they are computed from. */
  readonly kind: SimpleKind | undefined;
  /** Whether the value is an age, which falls when the stored time rises. */
  readonly isAge: boolean;
}

const SECTIONS = ['reported', 'desired', 'metadata', 'security', 'usage'] as const;
const WITHOUT_SECTION = [undefined, '', '/'];

/** Resolves a path with the section of the request and the model (protocol 10.3). */
export function resolveProperty(path: Path, section: string | undefined, model: Model): Property {
  const segments = absolute(path, section);
  const [first, second, ...rest] = segments;
  if (first?.name === 'ancestors' && second !== undefined && rest.length > 0) {
    return { ...withKind(rest, model), ancestor: second.name };
  }
  return { ...withKind(segments, model), ancestor: undefined };
}

/** All values at a property; a mark for all elements fans out. A missing member is null. */
export function readValues({ segments, ancestor }: Property, subject: Subject): JsonValue[] {
  const from = ancestor === undefined ? subject : subject.ancestor(ancestor);
  const [first, ...rest] = segments;
  const member = first === undefined ? undefined : from?.member(first.name);
  const values: JsonValue[] = [];
  collectMarked(member ?? null, first?.marks ?? [], rest, values);
  return values;
}

/** The columns that hold a property. */
export function columnsOf(property: Property): SectionColumn[] {
  if (property.ancestor !== undefined) return ['ancestors'];
  const section = SECTIONS.find((name) => name === property.segments[0]?.name);
  // Server-side members of the metadata come from tags and from the summary.
  if (section === 'metadata') return ['metadata', 'reported', 'summary'];
  return section === undefined ? [] : [section];
}

export function isOwner(kind: string): kind is Owner {
  return OWNERS.some((owner) => owner === kind);
}

function absolute(path: Path, section: string | undefined): readonly Segment[] {
  const { segments } = path;
  if (path.absolute) return segments;
  if (section === 'reported' || WITHOUT_SECTION.includes(section)) {
    const short = shortAccess(segments);
    if (short !== undefined) return short;
  }
  return section === undefined || WITHOUT_SECTION.includes(section) ? segments : [plain(section), ...segments];
}

/** `account` is the name of that ancestor, `account.id` its id; `usage.cpu.max` is in the section of that name. */
function shortAccess(segments: readonly Segment[]): readonly Segment[] | undefined {
  const [first, ...rest] = segments;
  if (first === undefined || first.marks.length > 0) return undefined;
  if (isOwner(first.name)) {
    const below = rest.length === 0 ? [plain('name')] : rest;
    return [plain('ancestors'), first, plain('reported'), ...below];
  }
  return first.name === 'usage' && rest.length > 0 ? segments : undefined;
}

function withKind(segments: readonly Segment[], model: Model): Omit<Property, 'ancestor'> {
  const [first, ...rest] = segments;
  const inSection = SECTIONS.some((section) => section === first?.name);
  const below = inSection ? rest : segments;
  const at = model.propertyAt(below.map(({ name }) => name));
  if (at?.source === undefined || at.kind.runtime !== 'age') return { segments, kind: at?.kind, isAge: false };
  const source = at.source.map(plain);
  return { segments: inSection && first !== undefined ? [first, ...source] : source, kind: at.kind, isAge: true };
}

function plain(name: string): Segment {
  return { name, marks: [] };
}

function collect(value: JsonValue, segments: readonly Segment[], values: JsonValue[]): void {
  const [first, ...rest] = segments;
  if (first === undefined) values.push(value);
  else collectMarked(isJsonObject(value) ? (value[first.name] ?? null) : null, first.marks, rest, values);
}

function collectMarked(
  value: JsonValue,
  marks: readonly (number | '*')[],
  rest: readonly Segment[],
  values: JsonValue[],
): void {
  const [mark, ...others] = marks;
  if (mark === undefined) return collect(value, rest, values);
  if (mark !== '*') return collectMarked(isJsonArray(value) ? (value[mark] ?? null) : null, others, rest, values);
  const elements: readonly JsonValue[] = isJsonArray(value) ? value : value === null ? [] : [value];
  for (const element of elements) collectMarked(element, others, rest, values);
}

import { formatTimestamp, parseDuration, parseTimestamp, type JsonValue } from '@resoto/worker-core';
import { isJsonArray, textOf } from '../json.ts';
import type { SectionColumn } from '../graph/schema.ts';
import type { Model } from '../model/model.ts';
import { toRuntime } from '../model/scalar.ts';
import type { Operator, Predicate, Term } from './ast.ts';
import { comparison } from './compare.ts';
import { ANYTHING, EVERYTHING, type Condition } from './condition.ts';
import { columnsOf, readValues, resolveProperty, type Property } from './property.ts';
import { restrictPredicate, type Candidates } from './restrict.ts';
import { invalidQuery } from './scanner.ts';
import type { Subject } from './subject.ts';

export interface CompileContext {
  readonly text: string;
  readonly section: string | undefined;
  readonly model: Model;
  readonly now: number;
  readonly candidates: Candidates;
}

/** A term as a test, with a condition on the table of nodes that the test cannot pass without. */
export interface Filter {
  readonly test: (subject: Subject) => boolean;
  /** The columns the test reads. */
  readonly columns: ReadonlySet<SectionColumn>;
  readonly where: Condition;
}

const REVERSED: Partial<Record<Operator, Operator>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** Throws `invalid_query` for unknown kinds and for values that do not fit their property. */
export function compileTerm(term: Term, context: CompileContext): Filter {
  switch (term.is) {
    case 'all':
      return { test: () => true, columns: new Set(), where: EVERYTHING };
    case 'and':
    case 'or':
      return combine(term.is, compileTerm(term.left, context), compileTerm(term.right, context));
    case 'not':
      return negate(compileTerm(term.term, context));
    case 'kind':
      return kindFilter(term.names, term.position, context);
    case 'id': {
      const ids = new Set(term.ids);
      const where = { sql: 'id IN (SELECT value FROM json_each(?))', values: [JSON.stringify(term.ids)], exact: true };
      return { test: ({ id }) => ids.has(id), columns: new Set(), where };
    }
    case 'predicate':
      return predicateFilter(term, context);
  }
}

function combine(operator: 'and' | 'or', left: Filter, right: Filter): Filter {
  const columns = new Set([...left.columns, ...right.columns]);
  const values = [...left.where.values, ...right.where.values];
  const exact = left.where.exact && right.where.exact;
  const where = { sql: `(${left.where.sql} ${operator} ${right.where.sql})`, values, exact };
  if (operator === 'and') return { test: (subject) => left.test(subject) && right.test(subject), columns, where };
  return { test: (subject) => left.test(subject) || right.test(subject), columns, where };
}

function negate({ test, columns, where }: Filter): Filter {
  const opposite = where.exact ? { ...where, sql: `NOT ${where.sql}` } : ANYTHING;
  return { test: (subject) => !test(subject), columns, where: opposite };
}

function kindFilter(names: readonly string[], position: number, context: CompileContext): Filter {
  const { model, candidates, text } = context;
  const unknown = names.find((name) => !model.kinds.has(name));
  if (unknown !== undefined) throw invalidQuery(`the kind ${unknown} does not exist`, position, text);
  const kinds = new Set(names.flatMap((name) => model.derivedFrom(name)));
  const where = { sql: `kind IN (${candidates.kindNumbers(kinds).join(', ')})`, values: [], exact: true };
  return { test: ({ kind }) => kinds.has(kind), columns: new Set(), where };
}

/** Every node may have these, also while nobody has told what kinds there are. */
const owners: ReadonlySet<string> = new Set(['cloud', 'account', 'region', 'zone']);

function predicateFilter(term: Predicate, context: CompileContext): Filter {
  const property = resolveProperty(term.path, context.section, context.model);
  const { ancestor } = property;
  if (ancestor !== undefined && !owners.has(ancestor) && !context.model.kinds.has(ancestor)) {
    throw invalidQuery(`the kind ${ancestor} does not exist`, term.path.position, context.text);
  }
  const matches = matcher(term, property, context);
  const quantified = quantify(term, property);
  const test = (subject: Subject): boolean => quantified.test(readValues(quantified.property, subject), matches);
  const where = restrictPredicate({ ...term, matches, property: quantified.property, candidates: context.candidates });
  return { test, columns: new Set(columnsOf(property)), where };
}

/** The comparison with the value of the query, converted to the kind of the property. */
function matcher(term: Predicate, property: Property, context: CompileContext): (value: JsonValue) => boolean {
  const { operator } = term;
  try {
    if (operator === '=~' || operator === '!~') return comparison(operator, term.value);
  } catch (error) {
    throw invalidQuery(
      `${textOf(term.value)} is no regular expression (${String(error)})`,
      term.position,
      context.text,
    );
  }
  const convert = (value: JsonValue): JsonValue => converted(value, term, property, context);
  const wanted = isJsonArray(term.value) && operator.endsWith('in') ? term.value.map(convert) : convert(term.value);
  const compare = comparison(property.isAge ? (REVERSED[operator] ?? operator) : operator, wanted);
  return property.kind?.runtime === 'duration' ? (value) => compare(secondsOf(value)) : compare;
}

function converted(value: JsonValue, term: Predicate, property: Property, context: CompileContext): JsonValue {
  const { kind } = property;
  if (kind === undefined || value === null || typeof value === 'object') return value;
  const now = (): number => context.now;
  const result = property.isAge ? timeAtAge(value, context.now) : toRuntime(kind.runtime, value, now);
  if ('expected' in result) {
    throw invalidQuery(`${String(value)} cannot be compared, expected ${result.expected}`, term.position, context.text);
  }
  return kind.runtime === 'duration' ? secondsOf(result.value) : result.value;
}

/** The time something of this age was made. */
function timeAtAge(age: JsonValue, now: number): { value: JsonValue } | { expected: string } {
  const text = typeof age === 'string' ? age : '';
  const seconds = parseDuration(text);
  const time = seconds === undefined ? parseTimestamp(text) : new Date(now - seconds * 1000);
  const value = time && formatTimestamp(time);
  return value === undefined ? { expected: 'a duration such as 3d' } : { value };
}

function secondsOf(value: JsonValue): JsonValue {
  return typeof value === 'string' ? (parseDuration(value) ?? value) : value;
}

interface Quantified {
  readonly property: Property;
  readonly test: (values: readonly JsonValue[], matches: (value: JsonValue) => boolean) => boolean;
}

/** Without quantifier any of the values has to match; there is one, unless the path fans out. */
function quantify({ quantifier }: Predicate, property: Property): Quantified {
  const last = property.segments.at(-1);
  const fansOut = last?.marks.at(-1) === '*';
  const segments =
    quantifier === undefined || fansOut || last === undefined
      ? property.segments
      : [...property.segments.slice(0, -1), { ...last, marks: [...last.marks, '*' as const] }];
  switch (quantifier) {
    case 'all':
      return { property: { ...property, segments }, test: (values, matches) => values.every(matches) };
    case 'none':
      return { property: { ...property, segments }, test: (values, matches) => !values.some(matches) };
    case 'any':
    case undefined:
      return { property: { ...property, segments }, test: (values, matches) => values.some(matches) };
  }
}

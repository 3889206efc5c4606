/**
 * The check every node passes before it is written: what leaves it is valid under the model of the core, by the rules of
 * protocol 7.6.
 */
import { isDate } from 'node:util/types';

import { enumCheck, simpleCheck, wrong } from './check-value.ts';
import { describe, within, type Problem } from './problem.ts';
import { isObject, setMember } from './members.ts';
import { typeName } from './property-type.ts';
import type { Kind, NodeKind, Property, PropertyType, Reported } from './types.ts';

export interface Checked {
  /**
   * The declared properties, without null and undefined at any depth, except for elements of lists. The object that was
   * given when nothing had to be changed.
   */
  readonly reported: Reported;
  readonly problems: readonly Problem[];
  /** False when a required property is missing: such a node cannot be imported. */
  readonly complete: boolean;
  /** True when there is an integer inside that no number can hold; only `stringifyJson` writes it. */
  readonly bigint: boolean;
}

/**
 * Checks the properties of a node. Other forms of a right value are brought into the declared one, a wrong value is left out
 * and reported, be it a property, a member of a nested value or an element of a list.
 */
export function check(kind: NodeKind, reported: Reported): Checked {
  const shape = shapeOf(kind);
  const findings: Findings = { reported, problems: none, complete: true, bigint: false, depth: 0 };
  const cleaned = checkMembers(shape, reported, findings);
  findings.reported = cleaned;
  for (const name of shape.required) {
    if (cleaned[name] !== undefined) continue;
    findings.complete = false;
    report(findings, name, shape.member(name)?.expected ?? '', undefined);
  }
  return findings;
}

interface Findings {
  reported: Reported;
  problems: readonly Problem[];
  complete: boolean;
  bigint: boolean;
  depth: number;
}

/** Returns the value as it has to be written, undefined to leave it out, or `wrong`. It is never given null or undefined. */
type Check = (value: unknown, findings: Findings) => unknown;

interface Member {
  readonly check: Check;
  /** Type by the model. */
  readonly expected: string;
  /** As an element of a list it may be null. */
  readonly nullable: boolean;
}

/** What the members of an object have to be. */
interface Shape {
  member(name: string): Member | undefined;
  readonly required: readonly string[];
  /** Stands for a null. Undefined: the member is left out. */
  readonly whenNull?: string;
}

const none: readonly Problem[] = [];
const shapes = new WeakMap<Kind, Shape>();

function shapeOf(kind: Kind): Shape {
  let shape = shapes.get(kind);
  if (shape === undefined) shapes.set(kind, (shape = compileShape(kind)));
  return shape;
}

function compileShape(kind: Kind): Shape {
  const properties = Object.entries(kind.properties);
  const members = new Map(properties.map(([name, property]) => [name, propertyMember(name, property, kind)]));
  const required = properties.filter(([, property]) => property.required === true).map(([name]) => name);
  return {
    member: (name) => members.get(name),
    // The sink writes the kind of a node, and cannot do without its id, which the model does not require.
    required: kind.aggregateRoot ? [...required.filter((name) => name !== 'kind' && name !== 'id'), 'id'] : required,
  };
}

function propertyMember(name: string, property: Property, kind: Kind): Member {
  const member = memberOf(property.type);
  if (property.synthetic !== undefined) return { ...member, check: () => undefined };
  if (!kind.aggregateRoot) return member;
  if (name === 'kind') return { ...member, expected: kind.fqn, check: (value) => (value === kind.fqn ? value : wrong) };
  // A tag without value is a tag; leaving it out would make it look removed.
  if (name === 'tags') return { ...member, check: dictionaryCheck(property.type, '') };
  // DNS tells no difference, but identity would.
  if (name === 'record_type')
    return { ...member, check: (value, findings) => upperCase(member.check(value, findings)) };
  return member;
}

function upperCase(value: unknown): unknown {
  return typeof value === 'string' ? value.toUpperCase() : value;
}

function memberOf(type: PropertyType): Member {
  return { check: typeCheck(type), expected: typeName(type), nullable: isNullable(type) };
}

/** Whether the core takes null for an element of a list. */
function isNullable(type: PropertyType): boolean {
  return type.is === 'enum' || (type.is === 'simple' && !['datetime', 'date', 'duration'].includes(type.name));
}

function typeCheck(type: PropertyType): Check {
  switch (type.is) {
    case 'simple':
      return type.name === 'any' ? checkAny : simpleCheck(type.name);
    case 'enum':
      return enumCheck(type.kind.values);
    case 'object':
      return (value, findings) => checkNested(shapeOf(type.kind), value, findings);
    case 'list': {
      const element = memberOf(type.of);
      return (value, findings) => checkList(element, value, findings);
    }
    case 'dictionary':
      return dictionaryCheck(type);
  }
}

function dictionaryCheck(type: PropertyType, whenNull?: string): Check {
  const element = memberOf(type.is === 'dictionary' ? type.of : type);
  const shape: Shape = { member: () => element, required: [], ...(whenNull !== undefined && { whenNull }) };
  return (value, findings) => checkNested(shape, value, findings);
}

function checkNested(shape: Shape, value: unknown, findings: Findings): unknown {
  if (!isObject(value)) return wrong;
  const cleaned = checkMembers(shape, value, findings);
  return shape.required.every((name) => cleaned[name] !== undefined) ? cleaned : wrong;
}

function checkMembers(shape: Shape, value: Reported, findings: Findings): Reported {
  let changed: Reported | undefined;
  // A quarter faster than a list of the keys. What is checked is plain data, nothing is inherited.
  for (const name in value) {
    const given = value[name];
    const kept = checkMember(shape, name, given, findings);
    if (changed === undefined) {
      if (kept === given && kept !== undefined) continue;
      changed = membersBefore(value, name);
    }
    if (kept !== undefined) setMember(changed, name, kept);
  }
  return changed ?? value;
}

function checkMember(shape: Shape, name: string, given: unknown, findings: Findings): unknown {
  if (given === null || given === undefined) return shape.whenNull;
  const member = shape.member(name);
  return member === undefined
    ? report(findings, name, 'no such property', given)
    : apply(member, name, given, findings);
}

function checkList(element: Member, value: unknown, findings: Findings): unknown {
  if (isObject(value)) return wrong;
  if (!Array.isArray(value)) {
    const only = apply(element, 0, value, findings);
    return only === undefined ? [] : [only];
  }
  let changed: unknown[] | undefined;
  for (let index = 0; index < value.length; index += 1) {
    const given: unknown = value[index];
    const kept = checkElement(element, index, given, findings);
    if (changed === undefined) {
      if (kept === given && kept !== undefined) continue;
      changed = value.slice(0, index);
    }
    if (kept !== undefined) changed.push(kept);
  }
  return changed ?? value;
}

function checkElement(element: Member, index: number, given: unknown, findings: Findings): unknown {
  if (given !== null && given !== undefined) return apply(element, index, given, findings);
  return element.nullable ? null : report(findings, index, element.expected, given);
}

/** Values without declared type: anything JSON can hold. */
function checkAny(value: unknown, findings: Findings): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : wrong;
    case 'object':
      if (Array.isArray(value)) return checkList(anyMember, value, findings);
      return isDate(value) ? simpleCheck('datetime')(value) : checkNested(anyShape, value, findings);
    default:
      return wrong;
  }
}

const anyMember: Member = { check: checkAny, expected: 'any', nullable: true };
const anyShape: Shape = { member: () => anyMember, required: [] };

/** Deeper than any vendor's answer; what refers to itself ends here. */
const maxDepth = 100;

function apply(
  { check: checkValue, expected }: Member,
  name: string | number,
  given: unknown,
  findings: Findings,
): unknown {
  const before = findings.problems.length;
  if (findings.depth === maxDepth) return report(findings, name, `at most ${maxDepth} levels`, given);
  findings.depth += 1;
  const kept = checkValue(given, findings);
  findings.depth -= 1;
  if (typeof kept === 'bigint') findings.bigint = true;
  if (findings.problems.length > before) findings.problems = within(name, findings.problems, before);
  return kept === wrong ? report(findings, name, expected, given) : kept;
}

function report(findings: Findings, name: string | number, expected: string, given: unknown): undefined {
  findings.problems = [...findings.problems, ...within(name, [{ path: '', expected, value: describe(given) }], 0)];
}

function membersBefore(value: Reported, end: string): Reported {
  const members: Reported = {};
  for (const name of Object.keys(value)) {
    if (name === end) break;
    setMember(members, name, value[name]);
  }
  return members;
}

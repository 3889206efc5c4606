import type { Generation } from '@resoto/worker-core';
import { invalidModel, type ComplexKind, type Kind } from './kind.ts';
import type { Model } from './model.ts';
import { kindsOf, type Type } from './type.ts';

/** Checks that `next` is complete and may follow `previous` (protocol 7.2). Throws `invalid_model`. */
export function checkModel(previous: Model, next: Model): void {
  const complex = complexKinds(next);
  for (const kind of next.kinds.values()) checkCategory(previous.kinds.get(kind.fqn), kind);
  for (const kind of complex) checkComplete(kind, next);
  for (const kind of complex) checkBases(kind, next);
}

/** Checks that each path means the same in all nodes (protocol 7.2). Throws `invalid_model`. */
export function checkNodeModel(next: Model, generation: Generation): void {
  const complex = complexKinds(next);
  if (generation === 'fix') for (const kind of complex) checkRedeclared(kind, next);
  checkPaths(complex, next);
}

function complexKinds(model: Model): ComplexKind[] {
  return [...model.kinds.values()].filter((kind) => kind.is === 'complex');
}

function checkCategory(previous: Kind | undefined, next: Kind): void {
  if (previous === undefined || category(previous) === category(next)) return;
  throw invalidModel(`Kind ${next.fqn} changes from ${category(previous)} to ${category(next)}`, { kind: next.fqn });
}

function category(kind: Kind): string {
  if (kind.is === 'complex') return 'complex';
  switch (kind.runtime) {
    case 'int32':
    case 'int64':
    case 'float':
    case 'double':
      return 'number';
    default:
      return kind.runtime;
  }
}

function checkComplete(kind: ComplexKind, model: Model): void {
  for (const property of kind.properties) {
    const missing = kindsOf(property.type).find((name) => !model.kinds.has(name));
    if (missing === undefined) continue;
    throw invalidModel(`Kind ${kind.fqn}: property ${property.name} has the unknown kind ${missing}`, {
      kind: kind.fqn,
      property: property.name,
      missing,
    });
  }
  for (const base of kind.bases) {
    if (model.complex(base) === undefined) {
      throw invalidModel(`Kind ${kind.fqn} has the unknown base ${base}`, { kind: kind.fqn, missing: base });
    }
  }
  const missing = kind.successors.find((name) => !model.kinds.has(name));
  if (missing !== undefined) {
    throw invalidModel(`Kind ${kind.fqn} has the unknown successor ${missing}`, { kind: kind.fqn, missing });
  }
}

function checkBases(kind: ComplexKind, model: Model): void {
  if (kind.bases.some((base) => model.isA(base, kind.fqn))) {
    throw invalidModel(`Kind ${kind.fqn} is derived from itself`, { kind: kind.fqn });
  }
}

function checkRedeclared(kind: ComplexKind, model: Model): void {
  for (const base of model.lineOf(kind.fqn)) {
    if (base === kind.fqn) continue;
    const twice = kind.properties.find((own) =>
      model.complex(base)?.properties.some((other) => other.name === own.name),
    );
    if (twice === undefined) continue;
    throw invalidModel(`Kind ${kind.fqn} declares ${twice.name}, which its base ${base} declares already`, {
      kind: kind.fqn,
      property: twice.name,
      base,
    });
  }
}

/** Scalar paths have one meaning in all nodes: queries know the kind of a path without knowing the kind of the node. */
function checkPaths(complex: readonly ComplexKind[], model: Model): void {
  const paths = new Map<string, { scalar: string; kind: string }>();
  const seen = new Set<string>();

  function walk(type: Type, path: string, root: string, open: readonly string[]): void {
    if (type.is === 'array') return walk(type.of, `${path}[]`, root, open);
    if (type.is === 'dictionary') return walk(type.of, `${path}.*`, root, open);
    const kind = model.kinds.get(type.name);
    if (kind?.is === 'simple') return scalar(path, kind.fqn, root);
    // A kind may hold itself; below the second time nothing new comes.
    if (open.includes(type.name)) return;
    const key = `${path} ${type.name}`;
    if (seen.has(key)) return;
    seen.add(key);
    for (const property of model.propertiesOf(type.name).values()) {
      walk(property.type, `${path}.${property.name}`, root, [...open, type.name]);
    }
  }

  function scalar(path: string, fqn: string, root: string): void {
    const known = paths.get(path);
    if (known === undefined || known.scalar === 'any') {
      paths.set(path, { scalar: fqn, kind: root });
    } else if (known.scalar !== fqn && fqn !== 'any') {
      throw invalidModel(`Property ${path.slice(1)} is ${known.scalar} in ${known.kind} and ${fqn} in ${root}`, {
        property: path.slice(1),
        kinds: [known.kind, root],
      });
    }
  }

  for (const root of complex) {
    if (root.aggregateRoot && root.fqn !== 'predefined_properties')
      walk({ is: 'named', name: root.fqn }, '', root.fqn, []);
  }
}

import { typeName } from './property-type.ts';
import type { Kind, PropertyType, ValueKind } from './types.ts';

/**
 * Requires that a property path has one type across all node kinds: the core refuses a model where it has two. Elements of
 * lists are one path, values of dictionaries are one path, and any type goes with every other (protocol 7.2).
 *
 * @throws TypeError that names the path and both kinds
 */
export function requireOneTypePerPath(kinds: readonly Kind[]): void {
  const paths = new Map<string, TypeAt>();
  for (const kind of kinds) {
    for (const name of kind.own) {
      const property = kind.properties[name];
      if (property !== undefined && property.synthetic === undefined) visit(name, property.type, kind.fqn, paths, []);
    }
  }
}

interface TypeAt {
  readonly type: string;
  readonly kind: string;
}

function visit(
  path: string,
  type: PropertyType,
  kind: string,
  paths: Map<string, TypeAt>,
  above: readonly ValueKind[],
): void {
  if (type.is === 'list') return visit(`${path}[]`, type.of, kind, paths, above);
  if (type.is === 'dictionary') return visit(`${path}{}`, type.of, kind, paths, above);
  note(path, { type: typeName(type), kind }, paths);
  if (type.is !== 'object' || above.includes(type.kind)) return;
  for (const [name, property] of Object.entries(type.kind.properties)) {
    visit(`${path}.${name}`, property.type, kind, paths, [...above, type.kind]);
  }
}

function note(path: string, found: TypeAt, paths: Map<string, TypeAt>): void {
  if (found.type === 'any') return;
  const known = paths.get(path);
  if (known === undefined) paths.set(path, found);
  else if (known.type !== found.type) {
    throw new TypeError(
      `Property ${path} is ${known.type} in ${known.kind} and ${found.type} in ${found.kind}. ` +
        'A property has one type in all kinds: give it the same, or another name.',
    );
  }
}

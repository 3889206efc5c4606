import { sameType, typeName } from './property-type.ts';
import type { Declared, Kind, Property } from './types.ts';

/**
 * Properties of a kind: those of its bases, in their order, with the sources and initial values the kind gives them, then
 * those it adds. Where two bases differ, the first one wins.
 *
 * @throws TypeError when one name has two types
 */
export function mergeProperties(
  fqn: string,
  bases: readonly Kind[],
  declared: Readonly<Record<string, Property>>,
): Pick<Declared, 'properties' | 'own'> {
  const properties: Record<string, Property> = {};
  const own: string[] = [];
  for (const base of bases) {
    for (const [name, property] of Object.entries(base.properties)) {
      const known = properties[name];
      if (known !== undefined) requireSameType(name, known, property, `bases of ${fqn}`);
      properties[name] = { ...property, ...known };
    }
  }
  for (const [name, property] of Object.entries(declared)) {
    const known = properties[name];
    if (known !== undefined) requireSameType(name, known, property, `bases of ${fqn} and ${fqn} itself`);
    else own.push(name);
    properties[name] = known === undefined ? withInitial(property) : { ...known, ...property };
  }
  return { properties, own };
}

function requireSameType(name: string, first: Property, second: Property, where: string): void {
  if (sameType(first.type, second.type)) return;
  const types = `${typeName(first.type)} and ${typeName(second.type)}`;
  throw new TypeError(`Property "${name}" has two types in ${where}: ${types}. Give it one type, or another name.`);
}

function withInitial(property: Property): Property {
  return property.type.is === 'list' && property.initial === undefined ? { ...property, initial: [] } : property;
}

import type { PropertyType } from './types.ts';

/** Name of a type in the model (protocol 7.3): `string`, `aws_ec2_tag[]`, `dictionary[string, int64]`. */
export function typeName(type: PropertyType): string {
  switch (type.is) {
    case 'simple':
      return type.name;
    case 'enum':
    case 'object':
      return type.kind.fqn;
    case 'list':
      return `${typeName(type.of)}[]`;
    case 'dictionary':
      return `dictionary[string, ${typeName(type.of)}]`;
  }
}

export function sameType(first: PropertyType, second: PropertyType): boolean {
  return typeName(first) === typeName(second);
}

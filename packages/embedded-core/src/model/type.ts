/** What a property holds (protocol 7.3): a named kind, an array, or a dictionary. */
export type Type =
  | { readonly is: 'named'; readonly name: string }
  | { readonly is: 'array'; readonly of: Type }
  | { readonly is: 'dictionary'; readonly key: string; readonly of: Type };

const cache = new Map<string, Type | undefined>();

/** Reads `name`, `kind[]` or `dictionary[key, value]`, nested at will. Undefined when the text is none of them. */
export function parseType(text: string): Type | undefined {
  if (!cache.has(text)) cache.set(text, parse(text.trim()));
  return cache.get(text);
}

export function typeText(type: Type): string {
  switch (type.is) {
    case 'named':
      return type.name;
    case 'array':
      return `${typeText(type.of)}[]`;
    case 'dictionary':
      return `dictionary[${type.key}, ${typeText(type.of)}]`;
  }
}

/** The names of all kinds in a type. */
export function kindsOf(type: Type): string[] {
  switch (type.is) {
    case 'named':
      return [type.name];
    case 'array':
      return kindsOf(type.of);
    case 'dictionary':
      return [type.key, ...kindsOf(type.of)];
  }
}

function parse(text: string): Type | undefined {
  if (text.endsWith('[]')) {
    const of = parse(text.slice(0, -2).trim());
    return of && { is: 'array', of };
  }
  const [, key, value] = /^dictionary\[\s*([A-Za-z][\w.]*)\s*,(.*)\]$/s.exec(text) ?? [];
  if (key !== undefined && value !== undefined) {
    const of = parse(value.trim());
    return of && { is: 'dictionary', key, of };
  }
  return /^[A-Za-z][\w.]*$/.test(text) ? { is: 'named', name: text } : undefined;
}

import { isJsonObject, type JsonObject, type JsonValue } from '../protocol/json.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A `$(NAME)` whose variable is missing or empty. */
export interface UnresolvedName {
  readonly path: string;
  readonly name: string;
}

/** A text that has the value of a variable in it. */
export interface FilledText {
  /** In the resolved document. */
  readonly path: string;
  /** The first variable in it. */
  readonly name: string;
}

export interface ResolvedDocument {
  readonly document: JsonObject;
  readonly unresolved: readonly UnresolvedName[];
  readonly filled: readonly FilledText[];
}

/**
 * Replaces every `$(NAME)` in the texts of a document (protocol 3.3). A text with a name that is missing or empty is dropped
 * as a whole, so that its default applies, and is reported with its place. Replaced text is not looked at again.
 */
export function resolvePlaceholders(document: JsonObject, environment: Environment): ResolvedDocument {
  const unresolved: UnresolvedName[] = [];
  const filled: FilledText[] = [];

  /** Not every name that an object answers to is a variable. */
  function valueOf(name: string): string | undefined {
    return (Object.hasOwn(environment, name) && environment[name]) || undefined;
  }

  /** `target` is where the value will be: an element that is dropped moves those behind it. */
  function resolve(value: JsonValue, path: string, target: string): JsonValue | undefined {
    if (typeof value === 'string') return resolveText(value, path, target);
    if (isJsonObject(value)) return resolveMembers(value, path, target);
    if (!Array.isArray(value)) return value;
    const elements: JsonValue[] = [];
    for (const [index, element] of value.entries()) {
      const resolved = resolve(element as JsonValue, `${path}[${index}]`, `${target}[${elements.length}]`);
      if (resolved !== undefined) elements.push(resolved);
    }
    return elements;
  }

  function resolveMembers(value: JsonObject, path: string, target: string): JsonObject {
    const members: [string, JsonValue][] = [];
    for (const [name, member] of Object.entries(value)) {
      const resolved = resolve(member, memberPath(path, name), memberPath(target, name));
      if (resolved !== undefined) members.push([name, resolved]);
    }
    return Object.fromEntries(members);
  }

  function resolveText(text: string, path: string, target: string): string | undefined {
    const names = [...text.matchAll(placeholder)].map(([, name = '']) => name);
    const [first] = names;
    if (first === undefined) return text;
    const missing = names.find((name) => valueOf(name) === undefined);
    if (missing === undefined) {
      filled.push({ path: target, name: first });
      return text.replace(placeholder, (match, name: string) => valueOf(name) ?? match);
    }
    unresolved.push({ path, name: missing });
    return undefined;
  }

  return { document: resolveMembers(document, '', ''), unresolved, filled };
}

function memberPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

const placeholder = /\$\(([\p{L}\p{N}_]+)\)/gu;

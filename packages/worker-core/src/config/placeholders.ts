import { isJsonObject, type JsonObject, type JsonValue } from '../protocol/json.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A `$(NAME)` whose variable is missing or empty. */
export interface UnresolvedName {
  readonly path: string;
  readonly name: string;
}

/**
 * Replaces every `$(NAME)` in the texts of a document (protocol 3.3). A text with a name that is missing or empty is dropped
 * as a whole, so that its default applies, and is reported with its place. Replaced text is not looked at again.
 */
export function resolvePlaceholders(
  document: JsonObject,
  environment: Environment,
): { readonly document: JsonObject; readonly unresolved: readonly UnresolvedName[] } {
  const unresolved: UnresolvedName[] = [];

  function resolve(value: JsonValue, path: string): JsonValue | undefined {
    if (typeof value === 'string') return resolveText(value, path);
    if (isJsonObject(value)) return resolveMembers(value, path);
    if (!Array.isArray(value)) return value;
    const elements: readonly JsonValue[] = value;
    return elements
      .map((element, index) => resolve(element, `${path}[${index}]`))
      .filter((element) => element !== undefined);
  }

  function resolveMembers(value: JsonObject, path: string): JsonObject {
    const members: [string, JsonValue][] = [];
    for (const [name, member] of Object.entries(value)) {
      const resolved = resolve(member, path === '' ? name : `${path}.${name}`);
      if (resolved !== undefined) members.push([name, resolved]);
    }
    return Object.fromEntries(members);
  }

  function resolveText(text: string, path: string): string | undefined {
    const missing = [...text.matchAll(placeholder)].map(([, name = '']) => name).find((name) => !environment[name]);
    if (missing === undefined) return text.replace(placeholder, (match, name: string) => environment[name] ?? match);
    unresolved.push({ path, name: missing });
    return undefined;
  }

  return { document: resolveMembers(document, ''), unresolved };
}

const placeholder = /\$\(([\p{L}\p{N}\p{M}_]+)\)/gu;

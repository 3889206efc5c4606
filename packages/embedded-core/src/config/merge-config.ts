import { isJsonObject, type JsonObject, type JsonValue } from '@resoto/worker-core';
import { isJsonArray } from '../json.ts';

/** Merges objects member by member; a null changes nothing, anything else replaces (protocol 3.4). */
export function mergeConfig(base: JsonObject, update: JsonObject): JsonObject {
  const merged: Record<string, JsonValue> = { ...base };
  for (const [name, value] of Object.entries(update)) {
    const known = merged[name];
    if (isJsonObject(known) && isJsonObject(value)) merged[name] = mergeConfig(known, value);
    else if (value !== null) merged[name] = value;
  }
  return merged;
}

/** Replaces `$(NAME)` by the value of the variable, and keeps it where there is none (protocol 3.3). */
export function fillPlaceholders(
  value: JsonValue,
  environment: Readonly<Record<string, string | undefined>>,
): JsonValue {
  if (typeof value === 'string') {
    return value.replaceAll(/\$\(([\p{L}\p{N}\p{M}_]+)\)/gu, (match, name: string) => environment[name] || match);
  }
  if (isJsonArray(value)) return value.map((element) => fillPlaceholders(element, environment));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, fillPlaceholders(member, environment)]),
  );
}

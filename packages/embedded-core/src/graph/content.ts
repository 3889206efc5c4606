import { hash } from 'node:crypto';
import { isJsonObject, stringifyJson, type JsonObject, type JsonValue } from '@resoto/worker-core';
import { isJsonArray } from '../json.ts';
import { FLAG_CLEANED, FLAG_PROTECTED } from './schema.ts';

export interface Content {
  readonly reported: JsonObject;
  readonly desired: JsonObject | undefined;
  readonly metadata: JsonObject | undefined;
  /** All kinds of the node, where a change of the model has to change the hash. */
  readonly kinds: readonly string[] | undefined;
}

/** Equal for equal content, whatever the order of members. */
export function contentHash(content: Content): string {
  const { reported, desired, metadata, kinds } = content;
  return hash('sha1', canonical([reported, desired ?? null, metadata ?? null, kinds ?? null]), 'base64url');
}

/** The FLAG bits of a metadata section. */
export function metadataFlags(metadata: JsonObject | undefined): number {
  return (metadata?.['cleaned'] === true ? FLAG_CLEANED : 0) | (metadata?.['protected'] === true ? FLAG_PROTECTED : 0);
}

/** `reported.id` as far as it is a text. */
export function resourceId(reported: JsonObject): string | null {
  const id = reported['id'];
  return typeof id === 'string' ? id : null;
}

/** JSON text of a section; null for one that is empty or missing. */
export function sectionText(section: JsonObject | undefined): string | null {
  return section === undefined || isEmpty(section) ? null : stringifyJson(section);
}

export function isEmpty(section: JsonObject): boolean {
  for (const _ in section) return false;
  return true;
}

/** Nested objects are merged, everything else replaces (protocol 8.3). */
export function mergeDeep(base: JsonValue | undefined, update: JsonValue): JsonValue {
  if (!isJsonObject(base) || !isJsonObject(update)) return update;
  const merged: Record<string, JsonValue> = { ...base };
  for (const [name, member] of Object.entries(update)) merged[name] = mergeDeep(base[name], member);
  return merged;
}

/** JSON with sorted members. Written by hand, because every imported node passes here. */
function canonical(value: JsonValue): string {
  if (isJsonArray(value)) {
    let text = '[';
    for (const element of value) text += `${canonical(element)},`;
    return `${text}]`;
  }
  if (!isJsonObject(value)) return typeof value === 'string' ? JSON.stringify(value) : String(value);
  let text = '{';
  for (const name of Object.keys(value).toSorted())
    text += `${JSON.stringify(name)}:${canonical(value[name] ?? null)},`;
  return `${text}}`;
}

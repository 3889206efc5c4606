/** What the plugins read of a node. */
import {
  isJsonObject,
  parseTimestamp,
  type JsonObject,
  type JsonValue,
  type NodeRow,
} from '@resoto/worker-core/plugin';

export function kindOf({ reported }: NodeRow): string {
  return textOf(reported['kind']) ?? '';
}

export function idOf({ reported }: NodeRow): string {
  return textOf(reported['id']) ?? '';
}

/** A text property of the resource. */
export function propertyOf({ reported }: NodeRow, name: string): string | undefined {
  return textOf(reported[name]);
}

export function listOf({ reported }: NodeRow, name: string): readonly JsonValue[] {
  const value = reported[name];
  return Array.isArray(value) ? value.map((element: JsonValue) => element) : [];
}

/** The value of a tag. Undefined when there is no such tag, or one without value. */
export function tagOf({ reported: { tags } }: NodeRow, key: string): string | undefined {
  return isJsonObject(tags) ? textOf(tags[key]) : undefined;
}

/** Seconds since the time in a property; undefined when it is not known. */
export function secondsSince(node: NodeRow, property: 'ctime' | 'mtime' | 'atime', now: Date): number | undefined {
  const time = parseTimestamp(propertyOf(node, property) ?? '');
  return time && (now.getTime() - time.getTime()) / 1000;
}

export function ownerId({ ancestors }: NodeRow, owner: 'cloud' | 'account' | 'region'): string | undefined {
  return textOf(member(member(ancestors, owner), 'reported')?.['id']);
}

export function flag({ metadata }: NodeRow, name: string): boolean {
  return metadata?.[name] === true;
}

export function isMarked({ desired }: NodeRow): boolean {
  return desired?.['clean'] === true;
}

/** What could not be read: properties, and of an account kinds. */
export function incompleteOf({ metadata }: NodeRow): readonly string[] {
  const names = metadata?.['incomplete'];
  return Array.isArray(names) ? names.filter((name: JsonValue) => typeof name === 'string') : [];
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function member(value: JsonValue | undefined, name: string): JsonObject | undefined {
  const found = isJsonObject(value) ? value[name] : undefined;
  return isJsonObject(found) ? found : undefined;
}

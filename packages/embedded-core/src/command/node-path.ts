import { isJsonObject, stringifyJson, type JsonValue } from '@resoto/worker-core';
import { isJsonArray, textOf } from '../json.ts';

const TYPE_RANKS: Readonly<Record<string, number>> = { boolean: 1, number: 2, bigint: 2, string: 3 };
const ANCESTORS: ReadonlySet<string> = new Set(['cloud', 'account', 'region', 'zone']);

/**
 * The absolute form of a path (protocol 10.3): without a leading `/` it belongs to the section; `account` and `account.id`
 * and their like are the name and id of that ancestor.
 */
export function absolutePath(path: string, section: string): string[] {
  const segments = segmentsOf(path.replace(/^\//, ''));
  if (path.startsWith('/')) return segments;
  const [first = '', second, ...more] = segments;
  if (ANCESTORS.has(first) && more.length === 0) return ['ancestors', first, 'reported', second ?? 'name'];
  return section === '/' || section === '' ? segments : [section, ...segments];
}

/** What a node holds at a path; undefined when it holds nothing there. */
export function valueAt(item: JsonValue, segments: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = item;
  for (const segment of segments) {
    if (isJsonArray(value)) value = value[Number(segment)];
    else if (isJsonObject(value)) value = value[segment];
    else return undefined;
  }
  return value;
}

/** Replaces `{path}` by what the node holds there; text with nothing there becomes `null`. */
export function fillTemplate(template: string, item: JsonValue, section: string): string {
  return template.replaceAll(/\{([^{}\s"']+)\}/g, (_, path: string) => {
    return textOf(valueAt(item, absolutePath(path, section)));
  });
}

/** Orders values of all types: null, boolean, number, string, array, object; numbers and texts among themselves. */
export function compareValues(left: JsonValue, right: JsonValue): number {
  const byType = typeRank(left) - typeRank(right);
  if (byType !== 0) return byType;
  if (typeof left === 'object' || typeof right === 'object')
    return compareTexts(stringifyJson(left), stringifyJson(right));
  return left < right ? -1 : left > right ? 1 : 0;
}

function segmentsOf(path: string): string[] {
  return [...path.matchAll(/`([^`]*)`|\[(\d+)\]|([^.`[\]]+)/g)].map(
    ([, quoted, index, plain]) => quoted ?? index ?? plain ?? '',
  );
}

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function typeRank(value: JsonValue): number {
  if (value === null) return 0;
  if (isJsonArray(value)) return 4;
  return TYPE_RANKS[typeof value] ?? 5;
}

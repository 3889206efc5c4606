import { isJsonObject, type JsonValue } from '@resoto/worker-core';
import { textOf } from '../json.ts';
import { absolutePath, valueAt } from './node-path.ts';

interface Column {
  readonly name: string;
  readonly path: readonly string[];
}

const DEFAULT_COLUMNS: readonly Column[] = [
  ...['kind', 'id', 'name', 'age', 'last_update'].map((name) => ({ name, path: ['reported', name] })),
  ...['cloud', 'account', 'region', 'zone'].map((name) => ({ name, path: ['ancestors', name, 'reported', 'name'] })),
];

/** Reads `path, path as name, …`; nothing means the columns people mostly want. */
export function parseColumns(text: string, section: string): readonly Column[] {
  if (text.trim() === '') return DEFAULT_COLUMNS;
  return text.split(',').map((entry) => {
    const [path = '', name = path.replace(/^.*[./]/, '')] = entry.trim().split(/\s+as\s+/);
    return { name, path: absolutePath(path, section) };
  });
}

/** One line of text for a result: `kind=…, id=…` of a node, `from -> to` of an edge, other values as they are. */
export function toLine(item: JsonValue, columns: readonly Column[]): string | undefined {
  if (!isJsonObject(item)) return textOf(item);
  if (item['type'] === 'edge') return `${textOf(item['from'])} -> ${textOf(item['to'])}`;
  if (item['type'] !== 'node') return pairs(Object.entries(item));
  return pairs(columns.map(({ name, path }) => [name, valueAt(item, path)]));
}

function pairs(members: readonly (readonly [string, JsonValue | undefined])[]): string {
  return members
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name}=${textOf(value)}`)
    .join(', ');
}

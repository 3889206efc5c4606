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

/** One line of text for a node, an edge or a plain value. Other objects stay what they are. */
export function toLine(item: JsonValue, columns: readonly Column[]): JsonValue {
  if (!isJsonObject(item)) return textOf(item);
  if (item['type'] === 'edge') return `${textOf(item['from'])} -> ${textOf(item['to'])}: ${textOf(item['edge_type'])}`;
  if (item['type'] !== 'node') return item;
  return columns
    .map(({ name, path }) => [name, valueAt(item, path)] as const)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name}=${textOf(value)}`)
    .join(', ');
}

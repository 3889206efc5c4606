import { isJsonObject, type JsonValue } from '@resoto/worker-core';
import { textOf } from '../json.ts';
import { badRequest } from '../server/request-error.ts';
import type { Command, CommandContext, Items } from './command.ts';
import { absolutePath, compareValues, valueAt } from './node-path.ts';
import { parseColumns, toLine } from './list-format.ts';

const DEFAULT_LENGTH = 100;

/** Narrow, order and format what the command before gives (protocol 10.2). */
export const flowCommands: Readonly<Record<string, Command>> = {
  dump: { formatsOutput: true, run: (_, input) => needed('dump', input) },
  list: { formatsOutput: true, run: (args, input, { section }) => list(args, needed('list', input), section) },
  limit: { run: (args, input) => limit(args, needed('limit', input)) },
  head: { run: (args, input) => slice(needed('head', input), 0, length('head', args)) },
  tail: { run: (args, input) => tail(needed('tail', input), length('tail', args)) },
  sort: { run: (args, input, context) => sort(args, needed('sort', input), context) },
  count: { formatsOutput: true, run: (args, input, context) => count(args, needed('count', input), context) },
};

export function needed(name: string, input: Items | undefined): Items {
  if (input === undefined) throw badRequest(`${name} needs the results of another command: search … | ${name}`);
  return input;
}

async function* list(args: string, input: Items, section: string): Items {
  const columns = parseColumns(args, section);
  for await (const item of input) {
    yield toLine(item, columns);
  }
}

function limit(args: string, input: Items): Items {
  const [, offset, count] = /^(?:(\d+)\s*,\s*)?(\d+)$/.exec(args) ?? [];
  if (count === undefined) throw badRequest(`limit needs a number, not ${args || 'nothing'}`);
  return slice(input, Number(offset ?? 0), Number(count));
}

function length(name: string, args: string): number {
  const [, count] = /^-?(\d+)$/.exec(args === '' ? String(DEFAULT_LENGTH) : args) ?? [];
  if (count === undefined) throw badRequest(`${name} needs a number, not ${args}`);
  return Number(count);
}

async function* slice(input: Items, offset: number, count: number): Items {
  if (count === 0) return;
  let seen = 0;
  for await (const item of input) {
    seen += 1;
    if (seen > offset) yield item;
    if (seen >= offset + count) return;
  }
}

async function* tail(input: Items, count: number): Items {
  const last: JsonValue[] = [];
  for await (const item of input) {
    last.push(item);
    if (last.length > count) last.shift();
  }
  yield* last;
}

async function* sort(args: string, input: Items, { section }: CommandContext): Items {
  const keys = args.split(',').map((key) => {
    const [, path, direction = 'asc'] = /^\s*(\S+)(?:\s+(asc|desc))?\s*$/.exec(key) ?? [];
    if (path === undefined) throw badRequest(`sort needs paths with asc or desc, not ${args || 'nothing'}`);
    return { path: absolutePath(path, section), sign: direction === 'desc' ? -1 : 1 };
  });
  const items: JsonValue[] = [];
  for await (const item of input) items.push(item);
  yield* items.sort((left, right) => {
    for (const { path, sign } of keys) {
      const order = compareValues(valueAt(left, path) ?? null, valueAt(right, path) ?? null);
      if (order !== 0) return sign * order;
    }
    return 0;
  });
}

async function* count(args: string, input: Items, { section }: CommandContext): Items {
  const groups = new Map<string, number>();
  let matched = 0;
  let unmatched = 0;
  for await (const item of input) {
    if (isJsonObject(item) && item['type'] === 'edge') continue;
    const value = args === '' ? null : valueAt(item, absolutePath(args, section));
    if (args !== '' && (value === undefined || value === null)) {
      unmatched += 1;
      continue;
    }
    matched += 1;
    if (args !== '') groups.set(textOf(value), (groups.get(textOf(value)) ?? 0) + 1);
  }
  for (const [group, number] of [...groups].sort((left, right) => left[1] - right[1])) yield `${group}: ${number}`;
  yield `total matched: ${matched}`;
  yield `total unmatched: ${unmatched}`;
}

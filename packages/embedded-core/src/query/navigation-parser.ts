import type { EdgeType } from '@resoto/worker-core';
import { MAX_DEPTH, type Navigation, type Term } from './ast.ts';
import type { Scanner } from './scanner.ts';

interface Range {
  readonly from: number;
  readonly to: number;
}

const RANGE = /\[\s*(\d+)\s*(?:(:|,|\.\.)\s*(\d+)?\s*)?\]/y;

/** Reads a navigation, if one comes next. Throws `invalid_query` for a broken one. */
export function parseNavigation(
  scanner: Scanner,
  edgeTypes: readonly EdgeType[],
  term: () => Term,
): Navigation | undefined {
  const inbound = scanner.take('<-');
  if (!inbound && !scanner.take('-')) return undefined;
  const before = types(scanner, edgeTypes);
  const range = parseRange(scanner);
  const edgeFilter = filter(scanner, edgeTypes, term);
  const position = scanner.position;
  const after = types(scanner, edgeTypes);
  const outbound = scanner.take('->');
  if (!outbound && !(inbound && scanner.take('-'))) {
    throw scanner.error(
      inbound ? 'a navigation that begins with <- ends with - or ->' : 'a navigation that begins with - ends with ->',
    );
  }
  if (inbound && outbound) {
    return { ...range, edgeFilter, direction: 'both', inbound: before, outbound: after ?? before };
  }
  if (before !== undefined && after !== undefined) {
    throw scanner.error('edge types stand before or after the range, not both', position);
  }
  const walked = before ?? after;
  return inbound
    ? { ...range, edgeFilter, direction: 'in', inbound: walked }
    : { ...range, edgeFilter, direction: 'out', outbound: walked };
}

function types(scanner: Scanner, edgeTypes: readonly EdgeType[]): readonly EdgeType[] | undefined {
  const found: EdgeType[] = [];
  do {
    const position = scanner.position;
    const word = scanner.match(/[a-z]+/y)?.[0];
    const type = edgeTypes.find((known) => known === word);
    if (type !== undefined) found.push(type);
    else if (word !== undefined)
      throw scanner.error(`"${word}" is no edge type; there are ${edgeTypes.join(', ')}`, position);
    else if (found.length > 0) throw scanner.error('expected an edge type behind the comma');
  } while (found.length > 0 && scanner.take(','));
  return found.length === 0 ? undefined : found;
}

function parseRange(scanner: Scanner): Range {
  const position = scanner.position;
  const match = scanner.match(RANGE);
  if (match === undefined) {
    if (scanner.sees(/\[/y)) throw scanner.error('expected a range such as [2], [1:3] or [0:]');
    return { from: 1, to: 1 };
  }
  const from = Number(match[1]);
  const to = match[2] === undefined ? from : match[3] === undefined ? MAX_DEPTH : Number(match[3]);
  if (from > to) throw scanner.error(`the range ends before it begins`, position);
  return { from: Math.min(from, MAX_DEPTH), to: Math.min(to, MAX_DEPTH) };
}

/** Only the generation that has data on edges can filter by it. */
function filter(scanner: Scanner, edgeTypes: readonly EdgeType[], term: () => Term): Term | undefined {
  if (!scanner.sees(/\{/y)) return undefined;
  if (!edgeTypes.includes('iam')) throw scanner.error('edges cannot be filtered here');
  scanner.take('{');
  const filtered = term();
  scanner.expect('}', 'to close the filter of the edges');
  return filtered;
}

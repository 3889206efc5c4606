import type { EdgeType, JsonObject } from '@resoto/worker-core';
import { isJsonObject, parseJson } from '@resoto/worker-core';
import type { Database } from '../database.ts';
import { edgeTypeNumber } from '../graph/schema.ts';
import type { Turns } from './turns.ts';

export interface Walk {
  readonly from: number;
  readonly to: number;
  readonly type: EdgeType;
  readonly direction: 'in' | 'out';
  /** Tests the data of an edge. */
  readonly edgeFilter: ((reported: JsonObject) => boolean) | undefined;
}

interface Neighbour {
  readonly key: number;
  readonly reported: string | null;
}

/**
 * The nodes at the ends of all paths with `from` to `to` edges of one type and direction, in the order of discovery.
 * Up to `from` steps, a node may be passed again at another distance; from there on, walking on from it once is enough.
 */
export async function walk(
  database: Database,
  starts: readonly number[],
  path: Walk,
  turns: Turns,
): Promise<Set<number>> {
  const next = neighbours(database, path);
  const found = new Set<number>();
  let level = new Set(starts);
  for (let depth = 0; level.size > 0; depth++) {
    if (depth >= path.from) level = added(found, level);
    if (depth === path.to) break;
    const following = new Set<number>();
    for (const key of level) {
      for (const neighbour of next(key)) following.add(neighbour);
      await turns.step();
    }
    level = following;
  }
  return found;
}

function neighbours(database: Database, { type, direction, edgeFilter }: Walk): (key: number) => number[] {
  const number = edgeTypeNumber(type);
  const [here, there] = direction === 'out' ? ['source', 'target'] : ['target', 'source'];
  const statement = database.prepare<Neighbour>(
    `SELECT ${there} AS key, ${edgeFilter === undefined ? 'NULL' : 'reported'} AS reported
     FROM edges WHERE ${here} = ? AND type = ? ORDER BY ${there}`,
  );
  return (key) => {
    const rows = statement.all(key, number);
    const passed = edgeFilter === undefined ? rows : rows.filter(({ reported }) => edgeFilter(section(reported)));
    return passed.map((row) => row.key);
  };
}

/** Adds a level to what was found; gives the part of it that is new. */
function added(found: Set<number>, level: ReadonlySet<number>): Set<number> {
  const fresh = new Set<number>();
  for (const key of level) {
    if (found.has(key)) continue;
    found.add(key);
    fresh.add(key);
  }
  return fresh;
}

function section(text: string | null): JsonObject {
  const value = text === null ? undefined : parseJson(text);
  return isJsonObject(value) ? value : {};
}

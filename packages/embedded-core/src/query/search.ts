import {
  generationNames,
  isJsonObject,
  parseJson,
  type EdgeRow,
  type EdgeType,
  type Generation,
  type JsonObject,
  type JsonValue,
  type NodeRow,
} from '@resoto/worker-core';
import type { Database } from '../database.ts';
import type { SearchOptions, SearchResult } from '../graph/graph-store.ts';
import type { KindNames } from '../graph/kind-names.ts';
import type { NodeReader } from '../graph/node-reader.ts';
import type { NodeView } from '../graph/node-view.ts';
import { EDGE_TYPES, edgeTypeNumber, type SectionColumn } from '../graph/schema.ts';
import type { Limit, Navigation, Part, Query, SortKey, Term } from './ast.ts';
import { compareValues } from './compare.ts';
import { compileTerm, type CompileContext, type Filter } from './compile.ts';
import { parseQuery } from './parser.ts';
import { columnsOf, readValues, resolveProperty, type Property } from './property.ts';
import type { Candidates } from './restrict.ts';
import { invalidQuery } from './scanner.ts';
import { objectSubject } from './subject.ts';
import { expandTemplates } from './templates.ts';
import { Turns } from './turns.ts';
import { walk } from './walk.ts';

export interface SearchContext {
  readonly database: Database;
  readonly kinds: KindNames;
  /** Number of the graph. */
  readonly graph: number;
  readonly generation: Generation;
  readonly reader: NodeReader;
}

/** A result with the numbers of its nodes. */
export interface KeyedResult extends SearchResult {
  readonly keys: readonly number[];
}

/** Nodes that are read at once. */
const BATCH = 250;

/** Evaluates a query. Nodes are read in batches; between them, only their numbers are kept. */
export async function search(text: string, options: SearchOptions, context: SearchContext): Promise<KeyedResult> {
  return new Search(text, options, context).run();
}

class Search {
  readonly #options: SearchOptions;
  readonly #context: SearchContext;
  readonly #compile: CompileContext;
  readonly #query: Query;
  readonly #turns: Turns;
  readonly #defaultTypes: readonly EdgeType[];

  constructor(text: string, options: SearchOptions, context: SearchContext) {
    const expanded = expandTemplates(text, options.variables ?? {});
    const edgeTypes = EDGE_TYPES.filter((type) => generationNames[context.generation].edgeTypes.includes(type));
    this.#options = options;
    this.#context = context;
    this.#query = parseQuery(expanded, { edgeTypes });
    this.#turns = new Turns(options.signal);
    this.#defaultTypes = defaultTypes(options.edgeType, edgeTypes, expanded);
    this.#compile = {
      text: expanded,
      section: options.section,
      model: context.reader.model,
      now: context.reader.now,
      candidates: this.#candidates(),
    };
  }

  async run(): Promise<KeyedResult> {
    const parts = this.#query.parts.map((part) => ({ part, filter: compileTerm(part.term, this.#compile) }));
    let keys: readonly number[] | undefined;
    let total = 0;
    for (const [index, { part, filter }] of parts.entries()) {
      const isLast = index === parts.length - 1;
      const matching = await this.#matching(keys, filter);
      const sorted = await this.#sorted(matching, this.#sortKeys(part, isLast));
      const limited = cut(sorted, part.limit);
      keys = part.navigation === undefined ? limited : await this.#navigate(limited, part.navigation);
      total = part.navigation === undefined ? matching.length : keys.length;
    }
    const found = keys ?? [];
    return { keys: found, count: found.length, totalCount: total, rows: this.#rows(found) };
  }

  async #matching(from: readonly number[] | undefined, filter: Filter): Promise<readonly number[]> {
    const candidates = from ?? this.#selected(filter);
    if (from === undefined && filter.where.exact) return candidates;
    const found: number[] = [];
    for await (const nodes of this.#batches(candidates, filter.columns)) {
      for (const node of nodes) if (filter.test(node)) found.push(node.row.key);
    }
    return found;
  }

  #selected({ where }: Filter): number[] {
    return this.#context.database
      .prepare<{ key: number }>(`SELECT key FROM nodes WHERE graph = ? AND ${where.sql} ORDER BY key`)
      .all(this.#context.graph, ...where.values)
      .map(({ key }) => key);
  }

  #sortKeys(part: Part, isLast: boolean): readonly SortKey[] {
    if (part.sort.length > 0 || !isLast || part.navigation !== undefined) return part.sort;
    return (this.#options.defaultSort ?? []).map((path) => {
      const segments = path
        .replace(/^\//, '')
        .split('.')
        .map((name) => ({ name, marks: [] }));
      return { path: { absolute: true, segments, position: 0 }, descending: false };
    });
  }

  async #sorted(keys: readonly number[], sort: readonly SortKey[]): Promise<readonly number[]> {
    if (sort.length === 0 || keys.length < 2) return keys;
    const by = sort.map(({ path, descending }) => {
      const property = resolveProperty(path, this.#options.section, this.#compile.model);
      return { property, sign: descending === property.isAge ? 1 : -1 };
    });
    const rows: { readonly key: number; readonly values: readonly JsonValue[] }[] = [];
    for await (const nodes of this.#batches(keys, new Set(by.flatMap(({ property }) => columnsOf(property))))) {
      for (const node of nodes) {
        rows.push({ key: node.row.key, values: by.map(({ property }) => readValues(property, node)[0] ?? null) });
      }
    }
    rows.sort((left, right) => {
      for (const [index, { sign }] of by.entries()) {
        const order = compareValues(left.values[index] ?? null, right.values[index] ?? null);
        if (order !== 0) return order * sign;
      }
      return 0;
    });
    return rows.map(({ key }) => key);
  }

  /** Each type and direction is walked by itself; a path never mixes them. */
  async #navigate(starts: readonly number[], navigation: Navigation): Promise<number[]> {
    const { from, to, direction } = navigation;
    const filter = navigation.edgeFilter;
    const edgeFilter = filter && this.#edgeFilter(filter);
    const found = new Set<number>();
    const walks = [
      ...(direction === 'out' ? [] : (navigation.inbound ?? this.#defaultTypes)).map((type) => ({
        type,
        direction: 'in' as const,
      })),
      ...(direction === 'in' ? [] : (navigation.outbound ?? this.#defaultTypes)).map((type) => ({
        type,
        direction: 'out' as const,
      })),
    ];
    for (const path of walks) {
      const ends = await walk(this.#context.database, starts, { ...path, from, to, edgeFilter }, this.#turns);
      for (const key of ends) found.add(key);
    }
    return [...found];
  }

  async *#rows(keys: readonly number[]): AsyncGenerator<NodeRow | EdgeRow> {
    for await (const nodes of this.#batches(keys, 'all')) for (const node of nodes) yield node.toRow();
    if (this.#options.withEdges === true) yield* this.#edges(keys);
  }

  async *#edges(keys: readonly number[]): AsyncGenerator<EdgeRow> {
    const { database } = this.#context;
    const types = this.#walkedTypes().map(edgeTypeNumber);
    const page = database.prepare<{ type: number; target: number; to: string; reported: string | null }>(
      `SELECT e.type, e.target, nodes.id AS "to", e.reported FROM edges e JOIN nodes ON nodes.key = e.target
       WHERE e.source = ? AND e.type IN (${types.join(', ')}) AND (e.type, e.target) > (?, ?)
       ORDER BY e.type, e.target LIMIT ${BATCH}`,
    );
    const id = database.prepare<{ id: string }>('SELECT id FROM nodes WHERE key = ?');
    const inResult = new Set(keys);
    for (const key of keys) {
      let rows = page.all(key, -1, -1);
      const from = rows.length === 0 ? undefined : id.get(key)?.id;
      while (from !== undefined && rows.length > 0) {
        for (const { type, target, to, reported } of rows) {
          const edgeType = EDGE_TYPES[type];
          if (edgeType === undefined || !inResult.has(target)) continue;
          const data = reported === null ? undefined : parseJson(reported);
          yield { type: 'edge', from, to, edge_type: edgeType, ...(isJsonObject(data) && { reported: data }) };
        }
        await this.#turns.turn();
        const last = rows.at(-1);
        rows = last === undefined || rows.length < BATCH ? [] : page.all(key, last.type, last.target);
      }
      await this.#turns.step();
    }
  }

  /** The edge types the query walks; all when it walks none. */
  #walkedTypes(): readonly EdgeType[] {
    const walked = this.#query.parts.flatMap(({ navigation }) => {
      if (navigation === undefined) return [];
      const { direction, inbound, outbound } = navigation;
      return [
        ...(direction === 'out' ? [] : (inbound ?? this.#defaultTypes)),
        ...(direction === 'in' ? [] : (outbound ?? this.#defaultTypes)),
      ];
    });
    return walked.length === 0 ? EDGE_TYPES : [...new Set(walked)];
  }

  async *#batches(keys: readonly number[], columns: ReadonlySet<SectionColumn> | 'all'): AsyncGenerator<NodeView[]> {
    const read = this.#context.reader.batch(columns);
    for (let start = 0; start < keys.length; start += BATCH) {
      yield read(keys.slice(start, start + BATCH));
      await this.#turns.turn();
    }
  }

  /** Paths of an edge filter begin with `reported`, whatever the section of the request. */
  #edgeFilter(term: Term): (reported: JsonObject) => boolean {
    const { test } = compileTerm(term, { ...this.#compile, section: undefined });
    return (reported) => test(objectSubject({ reported }));
  }

  #candidates(): Candidates {
    const { database, kinds, graph, reader } = this.#context;
    return {
      kindNumbers: (names) => kinds.known(names),
      presetAncestors:
        database.prepare('SELECT 1 FROM nodes WHERE graph = ? AND ancestors IS NOT NULL LIMIT 1').get(graph) !==
        undefined,
      owners: (owner, property, matches) => this.#owners(reader.model.derivedFrom(owner), property, matches),
    };
  }

  #owners(kinds: readonly string[], property: Property, matches: (value: JsonValue) => boolean): number[] {
    const { database, graph, reader, kinds: names } = this.#context;
    const keys = database
      .prepare<{ key: number }>(`SELECT key FROM nodes WHERE graph = ? AND kind IN (${names.known(kinds).join(', ')})`)
      .all(graph)
      .map(({ key }) => key);
    const inNode = { ...property, ancestor: undefined };
    const matching = reader
      .batch('all')(keys)
      .filter((node) => readValues(inNode, node).some(matches));
    return matching.map((node) => node.row.key);
  }
}

function cut(keys: readonly number[], limit: Limit | undefined): readonly number[] {
  return limit === undefined ? keys : keys.slice(limit.offset, limit.offset + limit.count);
}

function defaultTypes(wanted: string | undefined, known: readonly EdgeType[], query: string): readonly EdgeType[] {
  if (wanted === undefined || wanted === '') return ['default'];
  return wanted.split(',').map((name) => {
    const type = known.find((candidate) => candidate === name.trim());
    if (type === undefined) throw invalidQuery(`${name} is no edge type; there are ${known.join(', ')}`, 0, query);
    return type;
  });
}

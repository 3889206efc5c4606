import type { CoreClient } from '../core-client/core-client.ts';
import type { AccountGraph } from '../graph/account-graph.ts';
import type { EdgeRow, NodeRow } from '../protocol/graph-line.ts';
import { isJsonObject, type JsonValue } from '../protocol/json.ts';
import { accountQuery, kindsQuery, type Place } from './core-queries.ts';
import type { AccountInput } from './jobs.ts';
import { isIncomplete } from './outcome.ts';
import type { ScopeReport } from './report.ts';
import { wholeAnswer } from './whole-answer.ts';

type StoredGraph = Pick<CoreClient, 'searchGraph'>;
type CarryingGraph = Pick<AccountGraph, 'carryNode' | 'carryEdge' | 'deferredEdge'>;

export interface CarryOver {
  /** Nodes that were kept. */
  readonly carried: number;
  /** Nodes that were kept for longer than the setting allows, and are gone now. */
  readonly expired: number;
}

const nothing: CarryOver = { carried: 0, expired: 0 };

/**
 * Keeps what the scopes that could not be listed held at the last collect, with the edges among these nodes and to nodes that
 * were seen now. Nodes that were seen now are not kept, and neither are nodes carried over for longer than the setting allows.
 */
export async function carryOverScopes(
  core: StoredGraph,
  graph: CarryingGraph,
  input: CarryInput,
  scopes: readonly ScopeReport[],
  signal: AbortSignal,
): Promise<CarryOver> {
  const lost = lostKinds(scopes);
  if (lost.size === 0 || input.carryOverMaxAge <= 0) return nothing;
  // One query for all of them: a lost permission often takes hundreds of scopes.
  const kinds = [...new Set([...lost.values()].flatMap((names) => [...names]))];
  const regions = new Set(scopes.filter(({ outcome }) => isIncomplete(outcome)).map(({ region }) => region?.id));
  const [region, ...others] = [...regions];
  const query = kindsQuery(placeOf(input), kinds, others.length === 0 ? region : undefined);
  return carryOver(core, graph, input, query, (node) => isLost(lost, node), signal);
}

/** Keeps a whole account. Nothing is carried when the core does not have it, or only for longer than the setting allows. */
export async function carryOverAccount(
  core: StoredGraph,
  graph: CarryingGraph,
  input: CarryInput,
  signal: AbortSignal,
): Promise<CarryOver> {
  if (input.carryOverMaxAge <= 0) return nothing;
  return carryOver(core, graph, input, accountQuery(placeOf(input)), () => true, signal);
}

type CarryInput = Pick<AccountInput, 'cloud' | 'account' | 'core' | 'carryOverMaxAge' | 'exportedAt'>;

async function carryOver(
  core: StoredGraph,
  graph: CarryingGraph,
  input: CarryInput,
  query: string,
  selects: (node: NodeRow) => boolean,
  signal: AbortSignal,
): Promise<CarryOver> {
  const carried = new Set<string>();
  const expired = new Set<string>();
  const elsewhere = new Set<string>();
  const deferred = new Set<string>();
  const keepEdge = ({ from, to, edge_type: type }: EdgeRow): void => {
    if (!carried.has(from) && !carried.has(to)) return;
    if (!elsewhere.has(from) && !elsewhere.has(to)) {
      graph.carryEdge(from, to, type);
      return;
    }
    // The core forgets an edge between accounts unless it is told again.
    const key = `${from} ${type} ${to}`;
    if (!deferred.has(key)) graph.deferredEdge({ node_id: from }, { node_id: to }, type);
    deferred.add(key);
  };
  await wholeAnswer(signal, async () => {
    for await (const row of core.searchGraph(input.core.graph, query, { section: '/', signal })) {
      if (row.type === 'edge') keepEdge(row);
      else if (!belongsTo(row, input)) {
        if (ancestor(row, 'account', 'id') !== undefined) elsewhere.add(row.id);
      } else if (selects(row)) {
        if (isTooOld(row, input)) expired.add(row.id);
        else if (graph.carryNode(row)) carried.add(row.id);
      }
    }
  });
  return { carried: carried.size, expired: expired.size };
}

/** Region → kinds that could not be listed there; the empty key stands for all of the account. */
function lostKinds(scopes: readonly ScopeReport[]): ReadonlyMap<string, ReadonlySet<string>> {
  const lost = new Map<string, Set<string>>();
  for (const { kinds, region, outcome } of scopes) {
    if (!isIncomplete(outcome)) continue;
    const key = region === undefined ? '' : regionKey(region.id, region.name);
    const known = lost.get(key) ?? new Set();
    lost.set(key, known);
    for (const kind of kinds) known.add(kind);
  }
  return lost;
}

function isLost(lost: ReadonlyMap<string, ReadonlySet<string>>, node: NodeRow): boolean {
  const { kind } = node.reported;
  if (typeof kind !== 'string') return false;
  const region = regionKey(ancestor(node, 'region', 'id'), ancestor(node, 'region', 'name'));
  return lost.get('')?.has(kind) === true || lost.get(region)?.has(kind) === true;
}

/** Regions are told apart by id and name: the global region of a cloud may share its id with a real one. */
function regionKey(id: string | undefined, name: string | undefined): string {
  return JSON.stringify([id, name]);
}

function placeOf({ cloud, account }: CarryInput): Place {
  return { cloud, account: account.id };
}

function belongsTo(node: NodeRow, { cloud, account }: CarryInput): boolean {
  return ancestor(node, 'account', 'id') === account.id && ancestor(node, 'cloud', 'id') === cloud;
}

function isTooOld({ metadata }: NodeRow, { carryOverMaxAge, exportedAt }: CarryInput): boolean {
  const since = metadata?.['carried_since'];
  if (typeof since !== 'string') return false;
  return Date.parse(exportedAt) - Date.parse(since) > carryOverMaxAge * 1000;
}

function ancestor({ ancestors }: NodeRow, owner: string, property: 'id' | 'name'): string | undefined {
  const value = member(member(member(ancestors, owner), 'reported'), property);
  return typeof value === 'string' ? value : undefined;
}

function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(value) ? value[name] : undefined;
}

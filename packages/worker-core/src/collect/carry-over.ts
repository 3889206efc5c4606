import type { CoreClient } from '../core-client/core-client.ts';
import type { AccountGraph } from '../graph/account-graph.ts';
import type { NodeRow } from '../protocol/graph-line.ts';
import { isJsonObject, type JsonValue } from '../protocol/json.ts';
import { accountQuery, kindsQuery, type Place } from './core-queries.ts';
import type { AccountInput } from './jobs.ts';
import { isIncomplete } from './outcome.ts';
import type { ScopeReport } from './report.ts';

/**
 * Keeps what the scopes that could not be listed held at the last collect, with the edges among these nodes and to nodes that
 * were seen now. Nodes that were seen now are not kept, and neither are nodes carried over for longer than the setting allows.
 */
export async function carryOverScopes(
  core: CoreClient,
  graph: AccountGraph,
  input: AccountInput,
  scopes: readonly ScopeReport[],
  signal: AbortSignal,
): Promise<void> {
  const lost = lostKinds(scopes);
  if (lost.size === 0 || input.carryOverMaxAge <= 0) return;
  // One query for all of them: a lost permission often takes hundreds of scopes.
  const kinds = [...new Set([...lost.values()].flatMap((names) => [...names]))];
  const [region, ...others] = [...lost.keys()];
  const query = kindsQuery(placeOf(input), kinds, others.length === 0 ? region || undefined : undefined);
  await carryOver(core, graph, input, query, (node) => isLost(lost, node), signal);
}

/** Keeps a whole account. Returns false when the core does not have it, or only for longer than the setting allows. */
export async function carryOverAccount(
  core: CoreClient,
  graph: AccountGraph,
  input: AccountInput,
  signal: AbortSignal,
): Promise<boolean> {
  if (input.carryOverMaxAge <= 0) return false;
  const query = accountQuery(placeOf(input));
  return (await carryOver(core, graph, input, query, () => true, signal)) > 0;
}

async function carryOver(
  core: CoreClient,
  graph: AccountGraph,
  input: AccountInput,
  query: string,
  selects: (node: NodeRow) => boolean,
  signal: AbortSignal,
): Promise<number> {
  const carried = new Set<string>();
  for await (const row of core.searchGraph(input.core.graph, query, { section: '/', signal })) {
    if (row.type === 'edge') {
      if (carried.has(row.from) || carried.has(row.to)) graph.carryEdge(row.from, row.to, row.edge_type);
    } else if (belongsTo(row, input) && selects(row) && !isTooOld(row, input) && graph.carryNode(row)) {
      carried.add(row.id);
    }
  }
  return carried.size;
}

/** Region id → kinds that could not be listed there; an empty id stands for all of the account. */
function lostKinds(scopes: readonly ScopeReport[]): ReadonlyMap<string, ReadonlySet<string>> {
  const lost = new Map<string, Set<string>>();
  for (const { kinds, region, outcome } of scopes) {
    if (!isIncomplete(outcome)) continue;
    const known = lost.get(region?.id ?? '') ?? new Set();
    lost.set(region?.id ?? '', known);
    for (const kind of kinds) known.add(kind);
  }
  return lost;
}

function isLost(lost: ReadonlyMap<string, ReadonlySet<string>>, node: NodeRow): boolean {
  const { kind } = node.reported;
  if (typeof kind !== 'string') return false;
  const region = ancestorId(node, 'region');
  return lost.get('')?.has(kind) === true || (region !== undefined && lost.get(region)?.has(kind) === true);
}

function placeOf({ cloud, account }: AccountInput): Place {
  return { cloud, account: account.id };
}

function belongsTo(node: NodeRow, { cloud, account }: AccountInput): boolean {
  return ancestorId(node, 'account') === account.id && ancestorId(node, 'cloud') === cloud;
}

function isTooOld({ metadata }: NodeRow, { carryOverMaxAge, exportedAt }: AccountInput): boolean {
  const since = metadata?.['carried_since'];
  if (typeof since !== 'string') return false;
  return Date.parse(exportedAt) - Date.parse(since) > carryOverMaxAge * 1000;
}

function ancestorId({ ancestors }: NodeRow, owner: string): string | undefined {
  const id = member(member(member(ancestors, owner), 'reported'), 'id');
  return typeof id === 'string' ? id : undefined;
}

function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(value) ? value[name] : undefined;
}

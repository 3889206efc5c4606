import { readFile } from 'node:fs/promises';

interface JournalLine {
  readonly is: string;
  readonly at?: number;
  readonly call?: number;
  readonly verb?: string;
  readonly node?: string;
  readonly resources?: readonly { readonly nodeId: string }[];
}

export interface LongestChain {
  /** Seconds the resources of the longest chain took, one after the other, without any wait in between. */
  readonly chain: number;
  /** Seconds from the first call to the last outcome. */
  readonly walk: number;
}

/** What a cleanup could not have been faster than, from its journal and the edges along which it had to wait. */
export async function longestChain(
  journal: string,
  edges: readonly (readonly [from: string, to: string])[],
): Promise<LongestChain> {
  const lines = (await readFile(journal, 'utf8')).trimEnd().split('\n');
  const records = lines.map((line) => JSON.parse(line) as JournalLine).filter(({ at }) => at !== undefined);
  const times = records.map(({ at = 0 }) => at);
  const took = durations(records);
  const all = successors(edges);
  // In a cycle a step made the waits needless.
  const waits = successors(edges.filter(([from, to]) => !reaches(all, to, from)));
  const chains = new Map<string, number>();
  const chainOf = (node: string): number => {
    const known = chains.get(node);
    if (known !== undefined) return known;
    const behind = (waits.get(node) ?? []).map(chainOf);
    const chain = (took.get(node) ?? 0) + Math.max(0, ...behind);
    chains.set(node, chain);
    return chain;
  };
  const longest = Math.max(0, ...[...took.keys()].map(chainOf));
  return { chain: longest / 1000, walk: (Math.max(...times) - Math.min(...times)) / 1000 };
}

function successors(edges: readonly (readonly [from: string, to: string])[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [from, to] of edges) found.set(from, [...(found.get(from) ?? []), to]);
  return found;
}

function reaches(edges: ReadonlyMap<string, readonly string[]>, start: string, end: string): boolean {
  const seen = new Set([start]);
  for (const node of seen) for (const next of edges.get(node) ?? []) seen.add(next);
  return seen.has(end);
}

/** Milliseconds per node: its step, and from its last deletion until it was gone. */
function durations(records: readonly JournalLine[]): ReadonlyMap<string, number> {
  const calls = new Map(records.filter(({ is }) => is === 'call').map((record) => [record.call, record]));
  const took = new Map<string, number>();
  const deletions = new Map<string, number>();
  const add = (node: string, time: number): void => void took.set(node, (took.get(node) ?? 0) + time);
  for (const { is, at = 0, call, node = '' } of records) {
    const { at: begun = 0, verb, resources = [] } = calls.get(call) ?? {};
    if (is === 'answer' && verb === 'prepare') for (const { nodeId } of resources) add(nodeId, at - begun);
    if (is === 'call' && verb === 'delete') for (const { nodeId } of resources) deletions.set(nodeId, at);
    if (is === 'outcome' && deletions.has(node)) add(node, at - (deletions.get(node) ?? at));
  }
  return took;
}

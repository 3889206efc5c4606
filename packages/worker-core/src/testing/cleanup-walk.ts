import type { Rules } from '../cleanup/judge.ts';
import type { Verdict } from '../cleanup/outcome.ts';
import { makePlan } from '../cleanup/plan.ts';
import { walk, type WalkOptions } from '../cleanup/walk.ts';
import { CleanupCloud, type CleanupCloudOptions } from './cleanup-cloud.ts';
import { rules, selection, type TestNode } from './cleanup-graph.ts';

/** A walk does not wait long for a cloud that answers at once. */
export const fastPauses = { firstLook: 1, longestLook: 5, again: 1, longestAgain: 4 };

/** What a walk in a made up cloud came to. */
export interface WalkRun {
  readonly cloud: CleanupCloud;
  readonly outcomes: Record<string, string>;
  readonly reasons: Record<string, string>;
  readonly reason: unknown;
}

/** Plans and walks. `edges` as those of a selection; what an edge says of a cloud is that one resource uses another one. */
export async function runWalk(
  nodes: Readonly<Record<string, TestNode>>,
  edges: readonly string[],
  cloudOptions: CleanupCloudOptions = {},
  options: Partial<WalkOptions> = {},
  given: Rules = rules(),
): Promise<WalkRun> {
  const plan = makePlan(selection(nodes, edges, given), given.clouds);
  const uses = new Map<string, string[]>();
  for (const edge of edges) {
    const [from = '', to = ''] = edge.split(' ');
    uses.set(from, [...(uses.get(from) ?? []), to]);
  }
  const cloud = new CleanupCloud(Object.keys(nodes), { uses, ...cloudOptions });
  const verdicts = new Map<string, Verdict>();
  let calls = 0;
  const reason = await walk({
    plan,
    call: cloud.call,
    journal: { before: async () => (calls += 1), after: async () => {} },
    check: async () => new Map(),
    places: 8,
    signal: new AbortController().signal,
    pauses: fastPauses,
    ...options,
    onOutcome: (node, verdict) => {
      const id = plan.nodes[node]?.node.id ?? '';
      if (verdicts.has(id)) throw new Error(`${id} ended twice`);
      verdicts.set(id, verdict);
    },
  });
  return {
    cloud,
    outcomes: Object.fromEntries([...verdicts].map(([id, { outcome }]) => [id, outcome])),
    reasons: Object.fromEntries([...verdicts].map(([id, verdict]) => [id, verdict.reason])),
    reason,
  };
}

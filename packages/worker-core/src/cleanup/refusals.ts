/** What plugins never delete, such as a default network, found out before anything is deleted. */
import { makePlan, type CleanupPlan } from './plan.ts';
import { refused } from './outcome.ts';
import type { KindDescription, ResourceData } from './resource.ts';
import type { Selection } from './select.ts';

/** Asks the plugin of a cloud why it never deletes resources. @returns one answer per resource; null: it may */
export type AskRefusals = (cloud: string, resources: readonly ResourceData[]) => Promise<readonly (string | null)[]>;

/**
 * Makes the plan for what was selected without what plugins refuse. What stays because of that may hold back other nodes, or be what
 * a plugin needs gone, so that it is asked about the neighbours of what stays again, until nothing is new.
 */
export async function planWithRefusals(
  selection: Selection,
  clouds: ReadonlyMap<string, ReadonlyMap<string, KindDescription>>,
  ask: AskRefusals,
): Promise<CleanupPlan> {
  const refusals = new Map<string, string>();
  const asked = new Map<string, number>();
  for (;;) {
    const plan = makePlan(refusing(selection, refusals), clouds);
    const open = plan.nodes.filter(
      ({ verdict, cleanup, resource }) =>
        verdict === undefined && cleanup?.refuses === true && asked.get(resource.nodeId) !== staying(resource),
    );
    if (open.length === 0) return plan;
    const before = refusals.size;
    for (const [cloud, nodes] of Map.groupBy(open, ({ account }) => account.cloud)) {
      const resources = nodes.map(({ resource }) => resource);
      const answers = await ask(cloud, resources);
      resources.forEach((resource, index) => {
        asked.set(resource.nodeId, staying(resource));
        const reason = answers[index];
        if (typeof reason === 'string') refusals.set(resource.nodeId, reason);
      });
    }
    if (refusals.size === before) return plan;
  }
}

function refusing(selection: Selection, refusals: ReadonlyMap<string, string>): Selection {
  if (refusals.size === 0) return selection;
  const candidates = selection.candidates.map((candidate) => {
    const reason = refusals.get(candidate.node.id);
    return reason === undefined ? candidate : { ...candidate, verdict: refused(reason) };
  });
  return { ...selection, candidates };
}

/** Neighbours that stay: from one plan to the next there are never fewer. */
function staying({ neighbours }: ResourceData): number {
  return neighbours.filter(({ stays }) => stays).length;
}

import { Graph } from '@dagrejs/graphlib';
import type { PlanFile } from '../plan-file.ts';
import { namesOf } from './text.ts';

/** A node of a picture. */
export interface PictureNode {
  readonly label: string;
  readonly account: string;
  /** Column; 0 for what stays. */
  readonly wave: number;
  readonly state: 'deleted' | 'stays' | 'not marked';
  readonly note: string;
}

/** Most nodes of a picture: nobody can look at more. */
const drawnAtMost = 1000;

/**
 * The delete graph of a plan for pictures: edges lead from what waits to what goes first. Labels of edges say whether only a step
 * is waited for.
 */
export function planGraph(plan: PlanFile): { readonly graph: Graph; readonly leftOut: number } {
  const graph = new Graph();
  const names = namesOf(plan);
  const drawn = plan.nodes.slice(0, drawnAtMost);
  for (const { id, kind, name, cloud, account, wave, outcome, reason, warnings } of drawn) {
    const state = outcome === undefined ? 'deleted' : 'stays';
    const note = reason ?? warnings.join('; ');
    graph.setNode(id, { label: `${kind} ${name}`, account: `${cloud} ${account.name}`, wave: wave ?? 0, state, note });
  }
  for (const { id, waits_for: waits, waits_for_step_of: steps } of drawn) {
    for (const other of [...waits, ...steps]) {
      if (!graph.hasNode(other)) {
        if (graph.nodeCount() >= drawnAtMost) continue;
        const label = names.get(other) ?? other;
        graph.setNode(other, { label, account: '', wave: 0, state: 'not marked', note: 'not marked' });
      }
      graph.setEdge(id, other, steps.includes(other) ? 'step' : 'gone');
    }
  }
  return { graph, leftOut: plan.nodes.length - drawn.length };
}

/** The label of a node of {@link planGraph}. */
export function pictureNode(graph: Graph, id: string): PictureNode {
  // planGraph gives every node such a label.
  return graph.node(id) as PictureNode;
}

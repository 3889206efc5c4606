import type { PlanFile } from '../plan-file.ts';
import { printable } from './printable.ts';
import { pictureNode, planGraph, type PictureNode } from './plan-graph.ts';

const colors: Readonly<Record<PictureNode['state'], string>> = {
  deleted: '#f4c7c3',
  stays: '#c8e6c9',
  'not marked': '#e0e0e0',
};

/** A plan for Graphviz. */
export function planDot(plan: PlanFile): string {
  const { graph, leftOut } = planGraph(plan);
  const nodes = graph.nodes().map((id) => {
    const { label, state, note } = pictureNode(graph, id);
    return `  ${quoted(id)} [label=${quoted(label)}, fillcolor=${quoted(colors[state])}, tooltip=${quoted(note)}];`;
  });
  const edges = graph.edges().map((edge) => {
    const style = graph.edge(edge) === 'step' ? ' [style=dashed]' : '';
    return `  ${quoted(edge.v)} -> ${quoted(edge.w)}${style};`;
  });
  const rest = leftOut === 0 ? [] : [`  // ${leftOut} more nodes are not drawn`];
  return [
    'digraph cleanup {',
    '  rankdir=LR;',
    '  node [shape=box, style=filled];',
    ...nodes,
    ...edges,
    ...rest,
    '}',
    '',
  ].join('\n');
}

function quoted(text: string): string {
  return `"${printable(text)
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll(/\s+/g, ' ')}"`;
}

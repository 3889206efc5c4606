import { escaped } from '../../markup.ts';
import type { PlanFile } from '../plan-file.ts';
import { pictureNode, planGraph, type PictureNode } from './plan-graph.ts';

const box = { width: 260, height: 26, gapX: 90, gapY: 10, margin: 20 };
/** Characters that fit into a box. */
const labelLength = 40;
const fills: Readonly<Record<PictureNode['state'], string>> = {
  deleted: '#f4c7c3',
  stays: '#c8e6c9',
  'not marked': '#e0e0e0',
};

interface Placed extends PictureNode {
  readonly x: number;
  readonly y: number;
}

/** A plan as a picture: what stays on the left, then one column per wave; lines lead to what has to go first. */
export function planSvg(plan: PlanFile): string {
  const { graph, leftOut } = planGraph(plan);
  const rows = new Map<number, number>();
  const placed = new Map<string, Placed>();
  for (const id of graph.nodes()) {
    const node = pictureNode(graph, id);
    const row = rows.get(node.wave) ?? 0;
    rows.set(node.wave, row + 1);
    const x = box.margin + node.wave * (box.width + box.gapX);
    placed.set(id, { ...node, x, y: box.margin + 24 + row * (box.height + box.gapY) });
  }
  const lines = graph.edges().map(({ v, w }) => line(placed.get(v), placed.get(w), graph.edge(v, w) === 'step'));
  const titles = [...rows.keys()].map((wave) => {
    const x = box.margin + wave * (box.width + box.gapX);
    return `<text x="${x}" y="${box.margin + 8}" font-weight="bold">${wave === 0 ? 'stays' : `wave ${wave}`}</text>`;
  });
  const width = 2 * box.margin + Math.max(0, ...rows.keys()) * (box.width + box.gapX) + box.width;
  const height = 2 * box.margin + 48 + Math.max(0, ...rows.values()) * (box.height + box.gapY);
  const rest = leftOut === 0 ? '' : `<text x="${box.margin}" y="${height - 8}">${leftOut} more are not drawn</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="11">`,
    ...lines,
    ...titles,
    ...[...placed.values()].map(rectangle),
    rest,
    '</svg>',
    '',
  ].join('\n');
}

function rectangle({ x, y, label, account, state, note }: Placed): string {
  const short = label.length > labelLength ? `${label.slice(0, labelLength - 1)}…` : label;
  const title = [label, account, note].filter((part) => part !== '').join('\n');
  return [
    `<g><title>${escaped(title)}</title>`,
    `<rect x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="4" fill="${fills[state]}" stroke="#555"/>`,
    `<text x="${x + 8}" y="${y + 17}">${escaped(short)}</text></g>`,
  ].join('');
}

function line(from: Placed | undefined, to: Placed | undefined, isStep: boolean): string {
  if (from === undefined || to === undefined) return '';
  const [x1, y1] = [from.x, from.y + box.height / 2];
  const [x2, y2] = [to.x + box.width, to.y + box.height / 2];
  const dash = isStep ? ' stroke-dasharray="4 3"' : '';
  const middle = (x1 + x2) / 2;
  return `<path d="M${x1} ${y1} C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}" fill="none" stroke="#999"${dash}/>`;
}

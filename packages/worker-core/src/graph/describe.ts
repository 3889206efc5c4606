import { isJsonObject, parseJson } from '../protocol/json.ts';

/** How a node is named in messages: `aws_ec2_volume data (vol-1)`, or only the id where the name says nothing more. */
export function lineText(line: string): string {
  const node = parseJson(line);
  const reported = isJsonObject(node) && isJsonObject(node['reported']) ? node['reported'] : {};
  const text = (name: string): string => (typeof reported[name] === 'string' ? reported[name] : '');
  return nodeText(text('kind'), text('id'), text('name') || text('id'));
}

export function nodeText(kind: string, id: string, name: string): string {
  return name === id ? `${kind} ${id}` : `${kind} ${name} (${id})`;
}

/** A cycle in words. A very long one is shortened in the middle. */
export function cycleText(nodes: readonly number[], describe: (node: number) => string): string {
  const first = nodes.slice(0, mostNodes);
  const left = nodes.length - first.length;
  const names = first.map(describe);
  if (left > 0) names.push(`${left} more`);
  return [...names, ...nodes.slice(0, 1).map(describe)].join(' → ');
}

const mostNodes = 20;

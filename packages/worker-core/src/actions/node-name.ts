import type { NodeRow } from '../protocol/graph-line.ts';

/** A node for people: kind, name and id. */
export function nodeName({ reported: { kind, id, name } }: NodeRow): string {
  const known = [kind, name].filter((part) => typeof part === 'string').join(' ');
  return typeof id === 'string' && id !== name ? `${known} (${id})` : known;
}

import { scalarText } from './members.ts';
import { typeName } from './property-type.ts';
import type { NodeKind, Reference } from './types.ts';

/** Markdown about kinds for the README of a plugin: a table of all, then the properties and references of each. */
export function kindDocs(kinds: readonly NodeKind[]): string {
  const ordered = kinds.toSorted((left, right) => (left.fqn < right.fqn ? -1 : 1));
  return [kindTable(ordered), ...ordered.filter(hasDetails).map(kindSection), permissionList(ordered)]
    .filter((part) => part !== '')
    .join('\n\n');
}

function kindTable(kinds: readonly NodeKind[]): string {
  const rows = kinds.map((kind) => [
    code(kind.fqn),
    scalarText(kind.metadata['name']) ?? '',
    kind.bases.map((base) => code(base.fqn)).join(', '),
    kind.permissions.collect.map(code).join(', '),
  ]);
  return table(['Kind', 'Name', 'Bases', 'Permissions to collect'], rows);
}

function hasDetails(kind: NodeKind): boolean {
  return kind.own.length > 0 || kind.references.length > 0;
}

function kindSection(kind: NodeKind): string {
  const properties = kind.own.flatMap((name) => {
    const property = kind.properties[name];
    return property === undefined ? [] : [[code(name), code(typeName(property.type)), property.description ?? '']];
  });
  return [
    `### ${kind.fqn}`,
    properties.length > 0 && table(['Property', 'Type', 'Description'], properties),
    kind.references.length > 0 && table(['Refers to', 'By', 'Edges'], kind.references.map(referenceRow)),
  ]
    .filter((part) => part !== false)
    .join('\n\n');
}

function referenceRow({ to, by, default: containment, delete: deletion }: Reference): string[] {
  const edges = [
    containment === 'out' && 'to it',
    containment === 'in' && 'from it',
    deletion === 'out' && 'it is deleted first',
    deletion === 'in' && 'it is deleted afterwards',
  ];
  return [code(to), code(by), edges.filter((edge) => edge !== false).join(', ')];
}

function permissionList(kinds: readonly NodeKind[]): string {
  const names = new Set(kinds.flatMap((kind) => kind.permissions.collect));
  if (names.size === 0) return '';
  return ['Permissions to collect everything:', '', ...[...names].sort().map((name) => `- ${code(name)}`)].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function code(text: string): string {
  return `\`${text}\``;
}

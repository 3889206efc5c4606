import { scalarText } from './members.ts';
import { typeName } from './property-type.ts';
import type { NodeKind, Reference } from './types.ts';

type Purpose = keyof NodeKind['permissions'];

const purposes: readonly Purpose[] = ['collect', 'tag', 'cleanup'];
const verbs: Readonly<Record<Purpose, string>> = { collect: 'collect', tag: 'tag', cleanup: 'clean up' };

/** Markdown about kinds for the README of a plugin: a table of all, then the properties and references of each. */
export function kindDocs(kinds: readonly NodeKind[]): string {
  const ordered = kinds.toSorted((left, right) => (left.fqn < right.fqn ? -1 : 1));
  const lists = purposes.map((purpose) => permissionList(ordered, purpose));
  return [kindTable(ordered), ...ordered.filter(hasDetails).map(kindSection), ...lists]
    .filter((part) => part !== '')
    .join('\n\n');
}

function kindTable(kinds: readonly NodeKind[]): string {
  // Of a cloud that is made up nobody needs permissions, so they tell nothing of what can be changed.
  const tellsChanges = kinds.some((kind) => changesOf(kind) !== '');
  const rows = kinds.map((kind) => [
    code(kind.fqn),
    scalarText(kind.metadata['name']) ?? '',
    kind.bases.map((base) => code(base.fqn)).join(', '),
    ...(tellsChanges ? [changesOf(kind)] : []),
    kind.permissions.collect.map(code).join(', '),
  ]);
  const changes = tellsChanges ? ['Changes'] : [];
  return table(['Kind', 'Name', 'Bases', ...changes, 'Permissions to collect'], rows);
}

function changesOf({ permissions, phantom }: NodeKind): string {
  if (phantom) return '';
  return [permissions.tag !== undefined && 'tags', permissions.cleanup !== undefined && 'cleanup']
    .filter((change) => change !== false)
    .join(', ');
}

function hasDetails({ own, references, permissions }: NodeKind): boolean {
  return own.length > 0 || references.length > 0 || (permissions.tag ?? permissions.cleanup) !== undefined;
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
    ...(['tag', 'cleanup'] as const).map((purpose) => permissionLine(kind, purpose)),
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

function permissionLine({ permissions }: NodeKind, purpose: Purpose): string | false {
  const names = permissions[purpose] ?? [];
  return names.length > 0 && `Permissions to ${verbs[purpose]}: ${names.map(code).join(', ')}.`;
}

function permissionList(kinds: readonly NodeKind[], purpose: Purpose): string {
  const names = new Set(kinds.flatMap(({ permissions }) => permissions[purpose] ?? []));
  if (names.size === 0) return '';
  const items = [...names].sort().map((name) => `- ${code(name)}`);
  return [`Permissions to ${verbs[purpose]} everything:`, '', ...items].join('\n');
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

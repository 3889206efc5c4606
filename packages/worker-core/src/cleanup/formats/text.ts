import { verdictText } from '../outcome.ts';
import type { PlanFile, PlanFileNode } from '../plan-file.ts';
import { printable } from './printable.ts';

/** Names of nodes that a line spells out. */
const namedAtMost = 3;

/** A plan as a tree: accounts, waves in their order, nodes with what they wait for; then what stays and why. */
export function planText(plan: PlanFile): string {
  const { summary, nodes, warnings } = plan;
  const names = namesOf(plan);
  const lines = [
    `${summary.deleted} resources are deleted in ${summary.waves} ${summary.waves === 1 ? 'wave' : 'waves'}, ${summary.stay} stay.`,
    `Calls it takes at least: ${summary.estimated_calls.steps} steps, ${summary.estimated_calls.deletions} deletions.`,
    ...(summary.permissions.length === 0 ? [] : [`Permissions: ${summary.permissions.join(', ')}`]),
    ...warnings.map((warning) => `! ${warning}`),
    ...accountLines(nodes, names),
    ...stayLines(nodes),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

/** Names by node id, of all nodes of a plan. */
export function namesOf({ nodes, others }: PlanFile): ReadonlyMap<string, string> {
  return new Map([...nodes, ...others].map(({ id, kind, name }) => [id, `${kind} ${name}`]));
}

function accountLines(nodes: readonly PlanFileNode[], names: ReadonlyMap<string, string>): string[] {
  const lines: string[] = [];
  const deleted = nodes.filter(({ wave }) => wave !== undefined);
  for (const [account, planned] of Map.groupBy(deleted, accountOf)) {
    lines.push('', account);
    let wave = 0;
    for (const node of planned) {
      if (node.wave !== wave) lines.push(`  wave ${node.wave}`);
      wave = node.wave ?? wave;
      lines.push(...nodeLines(node, names));
    }
  }
  return lines;
}

function nodeLines(node: PlanFileNode, names: ReadonlyMap<string, string>): string[] {
  const { region, step, warnings } = node;
  const listed = (ids: readonly string[]): string => {
    const spelled = ids.slice(0, namedAtMost).map((id) => names.get(id) ?? id);
    return [...spelled, ...(ids.length > namedAtMost ? [`${ids.length - namedAtMost} more`] : [])].join(', ');
  };
  return [
    `    ${placeOf(node, [region])}`,
    ...(step === true ? ['      pre-delete step before its deletion'] : []),
    ...(node.waits_for.length > 0 ? [`      after ${listed(node.waits_for)}`] : []),
    ...(node.waits_for_step_of.length > 0 ? [`      after the step of ${listed(node.waits_for_step_of)}`] : []),
    ...warnings.map((warning) => `      ! ${warning}`),
  ];
}

/** Many stay for one reason: that is said once. */
function stayLines(nodes: readonly PlanFileNode[]): string[] {
  const staying = nodes.filter(({ outcome }) => outcome !== undefined);
  if (staying.length === 0) return [];
  const lines = ['', 'What stays'];
  for (const [reason, kept] of Map.groupBy(staying, textOf)) {
    lines.push(`  ${reason}`, ...kept.map((node) => `    ${placeOf(node, [node.account.name, node.region])}`));
  }
  return lines;
}

function textOf({ outcome, reason = '' }: PlanFileNode): string {
  return outcome === undefined ? reason : verdictText({ outcome, reason });
}

function placeOf({ kind, name }: PlanFileNode, place: readonly string[]): string {
  return [kind, name, ...place].filter((part) => part !== '').join('  ');
}

function accountOf({ cloud, account: { id, name } }: PlanFileNode): string {
  return `${cloud} ${name === id ? id : `${name} (${id})`}`;
}

import { generationNames, type Generation } from '../protocol/generation.ts';
import type { DeferredEdgeLine, EdgeLine, NodeLine, Selector } from '../protocol/graph-line.ts';
import { isJsonObject } from '../protocol/json.ts';
import type { KindJson } from '../protocol/model-json.ts';
import { ModelView } from './model-view.ts';
import { nodeProblems } from './node-problems.ts';

/** The lines of one upload. */
export interface GraphLines {
  readonly nodes: readonly NodeLine[];
  readonly edges: readonly EdgeLine[];
  readonly deferredEdges: readonly DeferredEdgeLine[];
}

/** Why a core with this model would refuse an upload, or be harmed by it (protocol 7.5 to 7.7). Empty: it takes it. */
export function graphProblems(lines: GraphLines, kinds: readonly KindJson[], generation: Generation): string[] {
  const { nodes, edges, deferredEdges } = lines;
  const model = new ModelView(kinds);
  const edgeTypes = new Set(generationNames[generation].edgeTypes);
  const structure = new Structure(lines, edgeTypes);
  return [
    ...nodes.flatMap((node) => lineProblems(node, model)),
    ...edges.flatMap((edge) => edgeProblems(edge, structure)),
    ...deferredEdges.flatMap((edge) => deferredEdgeProblems(edge, edgeTypes)),
    ...structure.problems(model),
  ];
}

/** A node in words. */
export function nodeText(node: NodeLine): string {
  return `${textOf(node, 'kind')} ${textOf(node, 'id')} (${node.id})`;
}

/** A property that has to be a text; empty when it is none. */
export function textOf({ reported }: NodeLine, property: string): string {
  const value = reported[property];
  return typeof value === 'string' ? value : '';
}

function lineProblems(node: NodeLine, model: ModelView): string[] {
  const { reported, desired, metadata, usage } = node;
  const problems = nodeProblems(reported, model);
  if (typeof reported['id'] !== 'string') problems.push('id is no text');
  for (const [name, section] of Object.entries({ desired, metadata, usage })) {
    if (section !== undefined && !isJsonObject(section)) problems.push(`section ${name} is no object`);
  }
  return problems.map((problem) => `${nodeText(node)}: ${problem}`);
}

function edgeProblems({ from, to, edge_type: type = 'default' }: EdgeLine, { nodes, edgeTypes }: Structure): string[] {
  const problems = [from, to].filter((id) => !nodes.has(id)).map((id) => `has no node ${id}`);
  if (!edgeTypes.has(type)) problems.push(`has the unknown type ${type}`);
  return problems.map((problem) => `edge ${from} → ${to} ${problem}`);
}

function deferredEdgeProblems(edge: DeferredEdgeLine, edgeTypes: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  if (!isSelector(edge.from_selector) || !isSelector(edge.to_selector)) problems.push('has a wrong selector');
  const { edge_type: type = 'default' } = edge;
  if (!edgeTypes.has(type)) problems.push(`has the unknown type ${type}`);
  return problems.map((problem) => `deferred edge ${JSON.stringify(edge)} ${problem}`);
}

function isSelector(selector: Selector): boolean {
  const [entry, ...others] = Object.entries(selector);
  if (entry === undefined || others.length > 0) return false;
  return ['node_id', 'search_criteria'].includes(entry[0]) && typeof entry[1] === 'string' && entry[1] !== '';
}

const replaceable = ['cloud', 'account', 'region', 'zone'];

/** Nodes by id, and where edges lead. */
class Structure {
  readonly nodes: ReadonlyMap<string, NodeLine>;
  readonly edgeTypes: ReadonlySet<string>;
  readonly #lines: GraphLines;
  readonly #next = new Map<string, Map<string, string[]>>();

  constructor(lines: GraphLines, edgeTypes: ReadonlySet<string>) {
    this.#lines = lines;
    this.edgeTypes = edgeTypes;
    this.nodes = new Map(lines.nodes.map((node) => [node.id, node]));
    for (const { from, to, edge_type: type = 'default' } of lines.edges) {
      const ofType = this.#next.get(type) ?? new Map<string, string[]>();
      this.#next.set(type, ofType);
      const targets = ofType.get(from);
      if (targets === undefined) ofType.set(from, [to]);
      else targets.push(to);
    }
  }

  problems(model: ModelView): string[] {
    return [...this.#repeatedIds(), ...this.#roots(), ...this.#replaced(model), ...this.#cycles()];
  }

  #repeatedIds(): string[] {
    const { nodes } = this.#lines;
    return nodes.filter((node) => this.nodes.get(node.id) !== node).map((node) => `two nodes have the id ${node.id}`);
  }

  #roots(): string[] {
    const targets = new Set(this.#lines.edges.map(({ to }) => to));
    const roots = this.#lines.nodes.filter(({ id }) => !targets.has(id));
    return roots.length === 1 && roots[0]?.reported['kind'] === 'graph_root'
      ? []
      : [`there has to be one node without parent, the graph root; there are: ${roots.map(nodeText).join(', ')}`];
  }

  /** Everything below the cloud belongs to exactly one node that is replaced. */
  #replaced(model: ModelView): string[] {
    const replaced = this.#lines.nodes.filter(({ metadata }) => metadata?.['replace'] === true);
    const owners = new Map<string, NodeLine>();
    const problems = replaced.length === 0 ? ['no node is marked to be replaced'] : [];
    for (const node of replaced) {
      const lineage = model.lineage(textOf(node, 'kind'));
      if (!replaceable.some((kind) => lineage.has(kind))) problems.push(`${nodeText(node)} cannot be replaced`);
      for (const id of this.#reachable(node.id)) {
        const owner = owners.get(id);
        if (owner !== undefined) problems.push(`${id} is below ${nodeText(owner)} and below ${nodeText(node)}`);
        owners.set(id, node);
      }
    }
    return problems;
  }

  #reachable(start: string): ReadonlySet<string> {
    const seen = new Set([start]);
    for (const id of seen) {
      for (const ofType of this.#next.values()) for (const to of ofType.get(id) ?? []) seen.add(to);
    }
    return seen;
  }

  #cycles(): string[] {
    return [...this.#next].filter(([type]) => type !== 'iam').flatMap(([type, next]) => cyclesOf(type, next));
  }
}

/** Takes away nodes nothing leads to, as long as there are some; what is left is on a cycle or below one. */
function cyclesOf(type: string, next: ReadonlyMap<string, readonly string[]>): string[] {
  const incoming = new Map<string, number>();
  for (const targets of next.values()) for (const to of targets) incoming.set(to, (incoming.get(to) ?? 0) + 1);
  const left = new Set([...next.keys(), ...incoming.keys()]);
  const free = [...left].filter((id) => !incoming.has(id));
  for (const id of free) {
    left.delete(id);
    for (const to of next.get(id) ?? []) {
      const rest = (incoming.get(to) ?? 0) - 1;
      incoming.set(to, rest);
      if (rest === 0) free.push(to);
    }
  }
  return left.size === 0 ? [] : [`${type} edges have a cycle around ${[...left].slice(0, 5).join(', ')}`];
}

import type { KindRegistry, ReferenceTarget } from '../kinds/registry.ts';
import { path } from '../kinds/readers.ts';
import type { EdgeDirection, NodeKind, Reader, Reference, Reported } from '../kinds/types.ts';
import type { EdgeType } from '../protocol/graph-line.ts';
import { nodeIdBytes } from '../protocol/node-id.ts';
import { IdTable } from './id-table.ts';
import { none, NumberList, uint32List } from './number-list.ts';
import { PairTable } from './pair-table.ts';

/** What the references of one kind are about, prepared for every node of it. */
export interface KindReferences {
  /** Own ones and those of the bases, with their numbers. */
  readonly declared: readonly NumberedReference[];
  /** What references look for in nodes of this kind. */
  readonly wanted: readonly WantedProperty[];
}

interface WantedProperty {
  readonly target: ReferenceTarget;
  readonly read: Reader;
}

interface NumberedReference {
  readonly number: number;
  readonly reference: Reference;
}

export interface ResolveOptions {
  /** Number of the region a node belongs to. */
  readonly regionOf: (node: number) => number;
  readonly link: (from: number, to: number, type: EdgeType) => void;
  readonly defer: (node: number, direction: EdgeDirection, criteria: string, type: EdgeType) => void;
  readonly miss: (node: number, reference: Reference) => void;
}

/**
 * The open references of an account and what they may find. A value that is referred to has one number for all who know it,
 * so a reference costs ten bytes and a node that can be found eight per property.
 */
export class References {
  readonly #registry: KindRegistry;
  readonly #declared: Reference[] = [];
  readonly #numbers = new Map<Reference, number>();
  readonly #values = new IdTable();
  readonly #openNode = uint32List();
  readonly #openReference = new NumberList((length) => new Uint16Array(length));
  readonly #openValue = uint32List();
  readonly #targetNode = uint32List();
  readonly #targetValue = uint32List();
  /** Texts of the values that may have to go into a query. */
  readonly #texts = new Map<number, string>();

  constructor(registry: KindRegistry) {
    this.#registry = registry;
  }

  prepare(kind: NodeKind): KindReferences {
    const lineage = [...this.#registry.lineage(kind.fqn)].flatMap((fqn) => this.#registry.get(fqn) ?? []);
    return {
      declared: lineage
        .flatMap(({ references }) => references)
        // A kind that no plugin brings has no nodes here: not to find one says nothing.
        .filter(({ to, acrossAccounts }) => acrossAccounts === true || this.#registry.get(to) !== undefined)
        .map((reference) => ({ number: this.#number(reference), reference })),
      wanted: this.#registry.targets(kind.fqn).map((target) => ({ target, read: path(target.property) })),
    };
  }

  /** Keeps what a node refers to. */
  addOpen(node: number, kind: KindReferences, answer: unknown): void {
    for (const { number, reference } of kind.declared) {
      for (const value of listOf(reference.read(answer))) this.#addOpen(node, number, reference, value);
    }
  }

  /** Keeps what a node can be found by. */
  addTarget(node: number, kind: KindReferences, reported: Reported): void {
    for (const { target, read } of kind.wanted) {
      for (const value of listOf(read(reported))) {
        this.#targetNode.push(node);
        this.#targetValue.push(this.#value(target, value));
      }
    }
  }

  /** Finds the target of every reference: the first node of the own region, else the first of the account. */
  resolve({ regionOf, link, defer, miss }: ResolveOptions): void {
    const find = this.#finder(regionOf);
    for (let open = 0; open < this.#openNode.length; open += 1) {
      const node = this.#openNode.get(open);
      const reference = this.#declared[this.#openReference.get(open)];
      if (reference === undefined) continue;
      const value = this.#openValue.get(open);
      const target = find(value, regionOf(node));
      if (target !== undefined) {
        for (const [type, direction] of edgesOf(reference)) {
          if (direction === 'out') link(node, target, type);
          else link(target, node, type);
        }
      } else if (reference.acrossAccounts === true) {
        const criteria = searchCriteria(reference, this.#texts.get(value) ?? '');
        for (const [type, direction] of edgesOf(reference)) defer(node, direction, criteria, type);
      } else {
        miss(node, reference);
      }
    }
  }

  #addOpen(node: number, number: number, reference: Reference, text: string): void {
    const value = this.#value({ kind: reference.to, property: reference.by }, text);
    this.#openNode.push(node);
    this.#openReference.push(number);
    this.#openValue.push(value);
    if (reference.acrossAccounts === true) this.#texts.set(value, text);
  }

  #finder(regionOf: (node: number) => number): (value: number, region: number) => number | undefined {
    const isOpen = new Uint8Array(this.#values.size);
    for (let open = 0; open < this.#openValue.length; open += 1) isOpen[this.#openValue.get(open)] = 1;
    const inAccount = new Uint32Array(this.#values.size).fill(none);
    const inRegion = new PairTable();
    const nodesInRegion = uint32List();
    for (let target = 0; target < this.#targetValue.length; target += 1) {
      const value = this.#targetValue.get(target);
      if (isOpen[value] === 0) continue;
      const node = this.#targetNode.get(target);
      if (inAccount[value] === none) inAccount[value] = node;
      if (inRegion.add(value, regionOf(node))) nodesInRegion.push(node);
    }
    return (value, region) => {
      const near = inRegion.find(value, region);
      if (near !== undefined) return nodesInRegion.get(near);
      const far = inAccount[value] ?? none;
      return far === none ? undefined : far;
    };
  }

  #value({ kind, property }: ReferenceTarget, text: string): number {
    return this.#values.add(nodeIdBytes([kind, property, text]));
  }

  #number(reference: Reference): number {
    const known = this.#numbers.get(reference);
    if (known !== undefined) return known;
    const number = this.#declared.push(reference) - 1;
    this.#numbers.set(reference, number);
    return number;
  }
}

/** Query of the core for the target of a reference (protocol 7.5). */
export function searchCriteria({ to, by }: Pick<Reference, 'to' | 'by'>, value: string): string {
  return `is(${to}) and reported.${by} = "${value.replace(/["\\]/g, '\\$&')}"`;
}

function edgesOf(reference: Reference): [EdgeType, EdgeDirection][] {
  const edges: [EdgeType, EdgeDirection][] = [];
  if (reference.default !== undefined) edges.push(['default', reference.default]);
  if (reference.delete !== undefined) edges.push(['delete', reference.delete]);
  return edges;
}

/** Simple values as text. An empty text is what many properties hold when there is nothing; it identifies no node. */
function listOf(found: unknown): string[] {
  const list: unknown[] = Array.isArray(found) ? found : [found];
  return list
    .filter(isSimple)
    .map(String)
    .filter((text) => text !== '');
}

function isSimple(value: unknown): value is string | number | bigint | boolean {
  return (
    typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
  );
}

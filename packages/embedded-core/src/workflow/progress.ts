import { isJsonObject, type JsonObject, type JsonValue } from '@resoto/worker-core';
import { isJsonArray, textOf } from '../json.ts';
import { badRequest } from '../server/request-error.ts';

interface Leaf {
  readonly current: number;
  readonly total: number;
}

/** An inner node of the tree, or a leaf. */
type Entry = Leaf | Map<string, Entry>;

export interface ProgressLeaf extends Leaf {
  readonly name: string;
  readonly path: readonly string[];
}

/** Progress of a run: steps, below them whatever the workers report (protocol 5.7). */
export class ProgressTree {
  readonly name: string;
  readonly #root = new Map<string, Entry>();

  constructor(name: string, leaves: readonly ProgressLeaf[] = []) {
    this.name = name;
    for (const { path, name: leaf, current, total } of leaves) this.#put([...path, leaf], { current, total });
  }

  /** Takes a progress object of the wire as news of a step. Throws when it is none, or its numbers make no sense. */
  update(step: string, progress: JsonValue): void {
    if (!isJsonObject(progress)) throw badRequest('A progress is an object');
    const at = [step, ...pathOf(progress), nameOf(progress)];
    if (progress['kind'] === 'progress') this.#put(at, leafOf(progress));
    else if (progress['kind'] === 'tree') this.#put(at, subtreeOf(progress));
    else throw badRequest(`A progress of kind ${JSON.stringify(progress['kind'])} is unknown`);
  }

  /** Replaces all progress of a step by one leaf. */
  set(step: string, leaf: Leaf): void {
    this.#put([step], leaf);
  }

  has(step: string): boolean {
    return this.#root.has(step);
  }

  /** Share of the work that is done, 0 to 100. */
  percentage(): number {
    const { current, total } = sum(this.#root);
    return total === 0 ? 0 : Math.floor((100 * current) / total);
  }

  leaves(): ProgressLeaf[] {
    return leavesOf(this.#root, []);
  }

  /** The wire form: one tree whose parts are leaves with their full path. */
  toJson(): JsonObject {
    const parts = this.leaves().map(({ name, path, current, total }) => ({
      kind: 'progress',
      name,
      ...(path.length > 0 ? { path: [...path] } : {}),
      current,
      total,
    }));
    return { kind: 'tree', name: this.name, parts };
  }

  #put(path: readonly string[], entry: Entry): void {
    put(this.#root, path, entry);
  }
}

function put(root: Map<string, Entry>, path: readonly string[], entry: Entry): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    root.set(name, entry);
    return;
  }
  const known = root.get(name);
  const inner = known instanceof Map ? known : new Map<string, Entry>();
  root.set(name, inner);
  put(inner, rest, entry);
}

function subtreeOf(tree: JsonObject): Map<string, Entry> {
  const parts = tree['parts'];
  if (!isJsonArray(parts)) throw badRequest('A progress tree has parts');
  const root = new Map<string, Entry>();
  for (const part of parts) {
    if (!isJsonObject(part)) throw badRequest('A part of a progress tree is an object');
    const entry = part['kind'] === 'tree' ? subtreeOf(part) : leafOf(part);
    put(root, [...pathOf(part), nameOf(part)], entry);
  }
  return root;
}

function leafOf({ current, total }: JsonObject): Leaf {
  const valid =
    Number.isInteger(current) && Number.isInteger(total) && Number(total) > 0 && Number(current) <= Number(total);
  if (!valid) throw badRequest(`A progress of ${JSON.stringify(current)} of ${JSON.stringify(total)} is impossible`);
  return { current: Number(current), total: Number(total) };
}

function nameOf(progress: JsonObject): string {
  const name = progress['name'];
  if (typeof name !== 'string') throw badRequest('A progress has a name');
  return name;
}

function pathOf(progress: JsonObject): string[] {
  const path = progress['path'] ?? [];
  if (!isJsonArray(path)) throw badRequest('The path of a progress is an array');
  return path.map(textOf);
}

/** Children count equally, whatever their totals: each is scaled to the largest. */
function sum(entry: Entry): Leaf {
  if (!(entry instanceof Map)) return entry;
  const children = [...entry.values()].map(sum);
  const largest = Math.max(0, ...children.map((child) => child.total));
  const current = children.reduce((done, child) => done + (child.current * largest) / (child.total || 1), 0);
  return { current, total: largest * children.length };
}

function leavesOf(root: ReadonlyMap<string, Entry>, path: readonly string[]): ProgressLeaf[] {
  return [...root].flatMap(([name, entry]) =>
    entry instanceof Map ? leavesOf(entry, [...path, name]) : [{ name, path, ...entry }],
  );
}

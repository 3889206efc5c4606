/** Progress objects and the traps the core's side of them holds (protocol 5.7). */
import type { JsonObject } from './json.ts';

/** `current == total` means done. `path` are the names above. */
export interface ProgressLeaf {
  readonly kind: 'progress';
  readonly name: string;
  readonly path?: readonly string[];
  readonly current: number;
  readonly total: number;
}

/** Replaces everything that was known below `path` + `name`. */
export interface ProgressTree {
  readonly kind: 'tree';
  readonly name: string;
  readonly path?: readonly string[];
  readonly parts: readonly Progress[];
}

export type Progress = ProgressLeaf | ProgressTree;

/** A leaf the core accepts whatever the numbers are: the total is at least 1 and never below the current value. */
export function progressLeaf(name: string, current: number, total: number, path: readonly string[] = []): ProgressLeaf {
  const atLeast = Math.max(1, Math.trunc(total) || 0);
  const reached = Math.min(atLeast, Math.max(0, Math.trunc(current) || 0));
  return { kind: 'progress', name, ...pathMember(path), current: reached, total: atLeast };
}

/** A tree with one leaf 0/1 for each name. */
export function progressTree(name: string, parts: readonly string[], path: readonly string[] = []): ProgressTree {
  return { kind: 'tree', name, ...pathMember(path), parts: parts.map((part) => progressLeaf(part, 0, 1)) };
}

/**
 * What to send for a progress object. A core puts a part with a path of its own in the wrong place and splits names inside
 * of trees at their dots, so such a tree is sent as its leaves, each with its full path.
 */
export function progressMessages(progress: Progress): Progress[] {
  if (progress.kind === 'progress') return [leafAt(progress, progress.path ?? [])];
  return isSafeTree(progress) ? [progress] : leaves(progress, progress.path ?? []);
}

/** The names from the top to the object itself. */
export function progressPath(progress: Progress): readonly string[] {
  return [...(progress.path ?? []), progress.name];
}

export function progressJson(progress: Progress): JsonObject {
  const { name } = progress;
  if (progress.kind === 'tree') {
    return { kind: 'tree', name, ...pathMember(progress.path), parts: progress.parts.map(progressJson) };
  }
  return { kind: 'progress', name, ...pathMember(progress.path), current: progress.current, total: progress.total };
}

function isSafeTree(tree: ProgressTree): boolean {
  return !tree.name.includes('.') && tree.parts.every(isSafePart);
}

function isSafePart(part: Progress): boolean {
  if ((part.path?.length ?? 0) > 0 || part.name.includes('.')) return false;
  return part.kind === 'progress' || part.parts.every(isSafePart);
}

function leaves(progress: Progress, path: readonly string[]): ProgressLeaf[] {
  if (progress.kind === 'progress') return [leafAt(progress, path)];
  const below = [...path, progress.name];
  return progress.parts.flatMap((part) => leaves(part, [...below, ...(part.path ?? [])]));
}

function leafAt({ name, current, total }: ProgressLeaf, path: readonly string[]): ProgressLeaf {
  return progressLeaf(name, current, total, path);
}

function pathMember(path: readonly string[] | undefined): { readonly path?: readonly string[] } {
  return path === undefined || path.length === 0 ? {} : { path };
}

import type { NodeKind, Reported } from '../kinds/types.ts';
import type { Generation } from '../protocol/generation.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import { timestampText } from '../protocol/timestamp.ts';
import type { NodeInput } from './graph-sink.ts';

/** A node as it is written: like a line of the wire, with values that were checked. */
export interface CheckedLine {
  readonly id: string;
  readonly reported: Reported;
  readonly metadata: JsonObject;
  readonly usage?: JsonObject;
}

/** Flags that were set at the core, and that an upload without them would take away (protocol 7.8). */
export interface NodeFlags {
  readonly protected?: boolean | undefined;
  readonly cleaned?: boolean | undefined;
  /** The core has it as carried, or as incomplete. A core of the fix generation keeps that until it is told otherwise. */
  readonly wasCarried?: boolean | undefined;
  readonly wasIncomplete?: boolean | undefined;
}

/** What the worker itself says about a node, beside what its collector says. */
export interface NodeState extends NodeFlags {
  /** A node of the merge kind: the core replaces everything below it. */
  readonly replace?: boolean;
  /** Of account nodes. */
  readonly exportedAt?: string | undefined;
  /** Since when the node is kept without having been seen. */
  readonly carriedSince?: string | undefined;
  /** Properties that could not be read. */
  readonly incomplete?: JsonValue | undefined;
}

/**
 * Properties with what every node has: its kind, a name, tags. The tag for it overrides the time of creation.
 *
 * @param creationTag  name of that tag; one that is no time is ignored
 */
export function withDefaults(kind: NodeKind, reported: Reported, id: string, creationTag: string): Reported {
  const tags = reported['tags'] ?? {};
  const complete: Reported = { ...reported, id, tags, name: reported['name'] ?? id, kind: kind.fqn };
  const created = creationTime(tags, creationTag);
  if (created !== undefined) complete['ctime'] = created;
  return complete;
}

/**
 * The metadata section of a node (protocol 7.11).
 *
 * @param free  what the collector adds. Members that are the worker's or the core's to say are left out, and so are nulls
 */
export function nodeMetadata(
  kind: NodeKind,
  generation: Generation,
  state: NodeState,
  free: JsonObject = {},
): JsonObject {
  const metadata: Record<string, JsonValue> = { python_type: pythonType(kind, generation) };
  if (generation === 'resoto') {
    metadata['cleaned'] = state.cleaned === true;
    metadata['phantom'] = kind.phantom;
    metadata['protected'] = state.protected === true;
  } else {
    if (state.cleaned === true) metadata['cleaned'] = true;
    if (state.protected === true) metadata['protected'] = true;
    metadata['categories'] = kind.metadata['categories'] ?? [];
  }
  for (const [name, value] of Object.entries(free)) {
    if (value !== null && !reserved.has(name)) metadata[name] = value;
  }
  if (state.replace === true) metadata['replace'] = true;
  if (state.exportedAt !== undefined) metadata['exported_at'] = state.exportedAt;
  if (state.carriedSince !== undefined) {
    metadata['carried'] = true;
    metadata['carried_since'] = state.carriedSince;
  } else if (generation === 'fix' && state.wasCarried === true) {
    metadata['carried'] = false;
  }
  if (state.incomplete !== undefined) metadata['incomplete'] = state.incomplete;
  else if (generation === 'fix' && state.wasIncomplete === true) metadata['incomplete'] = [];
  return metadata;
}

/** The packages of the reference worker are named after the generation. */
function pythonType({ pythonType: type }: NodeKind, generation: Generation): string {
  return generation === 'fix' ? type.replace(/^resoto(?=lib\.|_plugin_)/, 'fix') : type;
}

/** The usage section: always there in the resoto generation, only with values in the fix generation (protocol 11). */
export function usageSection(generation: Generation, usage: JsonObject = {}): { readonly usage?: JsonObject } {
  return generation === 'resoto' || Object.keys(usage).length > 0 ? { usage } : {};
}

/** Metrics without what is no number: JSON would have a null there, on which the core gives up the whole import. */
export function finiteMetrics(usage: NonNullable<NodeInput['usage']>): JsonObject {
  const metrics: Record<string, JsonObject> = {};
  for (const [metric, statistics] of Object.entries(usage)) {
    metrics[metric] = Object.fromEntries(Object.entries(statistics).filter(([, value]) => Number.isFinite(value)));
  }
  return metrics;
}

const reserved = new Set([
  ...['python_type', 'cleaned', 'phantom', 'protected', 'categories', 'replace', 'exported_at'],
  ...['carried', 'carried_since', 'incomplete'],
  // Computed by the core, and back with what is read from it.
  ...['descendant_summary', 'descendant_count', 'expires'],
]);

function creationTime(tags: unknown, creationTag: string): string | undefined {
  if (typeof tags !== 'object' || tags === null || !(creationTag in tags)) return undefined;
  const value: unknown = Object.entries(tags).find(([name]) => name === creationTag)?.[1];
  return typeof value === 'string' ? timestampText(value) : undefined;
}

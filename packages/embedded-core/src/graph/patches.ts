import {
  isJsonObject,
  parseJson,
  WorkerError,
  type Generation,
  type JsonObject,
  type JsonValue,
} from '@resoto/worker-core';
import type { Lines } from './graph-store.ts';

export type PatchSection = 'reported' | 'desired' | 'metadata' | 'security';
export const PATCH_SECTIONS = [
  'reported',
  'desired',
  'metadata',
  'security',
] as const satisfies readonly PatchSection[];

/** A change of one node. A section that is null is deleted. */
export interface Patch {
  readonly id: string;
  readonly revision: string | undefined;
  readonly sections: Readonly<Partial<Record<PatchSection, JsonObject | null>>>;
}

/** Reads all patches of a body (protocol 8.3). Throws `invalid_node` when one of them breaks a rule. */
export async function collectPatches(lines: Lines, generation: Generation): Promise<Patch[]> {
  const patches = new Map<string, Patch>();
  for await (const line of lines) {
    const patch = readPatch(line, generation);
    if (patches.has(patch.id)) throw invalidNode(patch.id, 'there is more than one line for this id');
    patches.set(patch.id, patch);
  }
  return [...patches.values()];
}

function readPatch(line: string | JsonValue, generation: Generation): Patch {
  const json = typeof line === 'string' ? parseLine(line) : line;
  const id = isJsonObject(json) ? json['id'] : undefined;
  if (!isJsonObject(json) || typeof id !== 'string') throw invalidNode(undefined, 'it has no id');
  const allowed = ['id', 'revision', ...PATCH_SECTIONS, ...(generation === 'resoto' ? ['diff'] : [])];
  const foreign = Object.keys(json).find((member) => !allowed.includes(member));
  if (foreign !== undefined)
    throw invalidNode(id, `member ${foreign} cannot be changed; allowed are ${allowed.join(', ')}`);
  return patchOf(id, json);
}

export function patchOf(id: string, json: JsonObject): Patch {
  const revision = json['revision'] ?? undefined;
  if (revision !== undefined && typeof revision !== 'string') throw invalidNode(id, 'its revision is no text');
  const sections: Partial<Record<PatchSection, JsonObject | null>> = {};
  for (const name of PATCH_SECTIONS) {
    const section = json[name];
    if (section === undefined) continue;
    if (section !== null && !isJsonObject(section)) throw invalidNode(id, `${name} is no object`);
    sections[name] = section;
  }
  if (Object.keys(sections).length === 0) throw invalidNode(id, 'it has no section');
  return { id, revision, sections };
}

export function invalidNode(id: string | undefined, reason: string, cause?: unknown): WorkerError {
  const node = id === undefined ? 'a node' : `node ${id}`;
  return new WorkerError('invalid_node', `Cannot change ${node}: ${reason}`, {
    hint: 'Nothing was changed.',
    facts: { id },
    cause,
  });
}

function parseLine(line: string): JsonValue {
  try {
    return parseJson(line);
  } catch (error) {
    throw invalidNode(undefined, 'its line is no JSON', error);
  }
}

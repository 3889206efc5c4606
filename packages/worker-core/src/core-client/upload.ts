/** The headers and the result of a graph upload (protocol 7.4). */
import { ProtocolError } from '../errors.ts';
import { generationNames } from '../protocol/generation.ts';
import type { ImportResult } from '../protocol/graph-line.ts';
import { isJsonObject, type JsonValue } from '../protocol/json.ts';
import { cut } from '../protocol/messages.ts';
import type { BodySource } from './http-attempt.ts';

export interface Upload {
  /** Complete lines: all nodes, then all edges, then all deferred edges. Opened anew for each attempt. */
  readonly body: BodySource;
  readonly nodes: number;
  readonly edges: number;
  /** `data.task` of the collect action. Without it the core drops deferred edges. */
  readonly taskId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds an unreachable core is waited for. Default: 10 minutes. */
  readonly patience?: number | undefined;
}

/** The names of both generations, so that neither has to be known; a core ignores those of the other one. */
export function uploadHeaders({ taskId, nodes, edges }: Upload): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { workerHeaders: names } of Object.values(generationNames)) {
    if (taskId !== undefined) headers[names.taskId] = taskId;
    headers[names.nodes] = String(nodes);
    headers[names.edges] = String(edges);
  }
  return headers;
}

/** @throws ProtocolError when the answer does not say what was imported: then perhaps nothing was */
export function importResult(value: JsonValue): ImportResult {
  if (!isJsonObject(value) || typeof value['nodes_created'] !== 'number') {
    const reason = isJsonObject(value) && typeof value['error'] === 'string' ? `: ${cut(value['error'], 1000)}` : '';
    throw new ProtocolError(`The core did not answer what it has imported of a graph${reason}`, {
      hint: 'Perhaps nothing was imported. Look into the log of the core.',
    });
  }
  const count = (name: keyof ImportResult): number => {
    const number = value[name];
    return typeof number === 'number' ? number : 0;
  };
  return {
    nodes_created: count('nodes_created'),
    nodes_updated: count('nodes_updated'),
    nodes_deleted: count('nodes_deleted'),
    edges_created: count('edges_created'),
    edges_updated: count('edges_updated'),
    edges_deleted: count('edges_deleted'),
  };
}

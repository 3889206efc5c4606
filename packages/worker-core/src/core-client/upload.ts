/** The headers and the result of a graph upload (protocol 7.4). */
import { generationNames } from '../protocol/generation.ts';
import type { ImportResult } from '../protocol/graph-line.ts';
import { isJsonObject, type JsonValue } from '../protocol/json.ts';
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

export function importResult(value: JsonValue): ImportResult {
  const count = (name: keyof ImportResult): number => {
    const number = isJsonObject(value) ? value[name] : undefined;
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

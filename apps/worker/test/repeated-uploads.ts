import { generationNames, isJsonObject, parseJson } from '@resoto/worker-core';

import type { ProxiedRequest } from './proxy.ts';

/**
 * Looks at every graph of an account that was sent in a run, also by processes that were killed.
 *
 * @returns how many were sent again, wholly or in part
 * @throws Error when one was sent with different content, or under another task
 */
export function repeatedUploads(uploads: readonly ProxiedRequest[], task: string): number {
  const sent = new Map<string, Set<string>>();
  let repeated = 0;
  // Whole ones first, so that parts are compared with them.
  for (const { body, isWhole, headers } of uploads.toSorted((a, b) => Number(b.isWhole) - Number(a.isWhole))) {
    const of = headers[generationNames.resoto.workerHeaders.taskId.toLowerCase()];
    if (of !== task) throw new Error(`a graph was sent under the task ${String(of)} in the run ${task}`);
    // The time of the collect is in it.
    const untimed = body.replaceAll(/"exported_at":"[^"]*"/g, '"exported_at":""');
    const lines = untimed.split('\n').slice(0, isWhole ? undefined : -1);
    const name = accountOf(lines);
    if (name === undefined) {
      if (isWhole) throw new Error(`a graph without an account was sent: ${body.slice(0, 300)}`);
      continue;
    }
    const before = sent.get(name);
    if (before === undefined) {
      sent.set(name, new Set(lines));
      continue;
    }
    repeated += 1;
    const other = lines.filter((line) => !before.has(line));
    if (other.length > 0 || (isWhole && before.size !== new Set(lines).size)) {
      throw new Error(`the graph of ${name} was sent twice in the run ${task}, with other content: ${other[0]}`);
    }
  }
  return repeated;
}

function accountOf(lines: readonly string[]): string | undefined {
  for (const line of lines.filter((text) => text.includes('"acme_account"'))) {
    const node = parseJson(line);
    const reported = isJsonObject(node) ? node['reported'] : undefined;
    if (isJsonObject(reported) && reported['kind'] === 'acme_account') return JSON.stringify(reported['id']);
  }
  return undefined;
}

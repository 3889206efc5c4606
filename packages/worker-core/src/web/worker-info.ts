import type { JsonObject } from '../protocol/json.ts';

/**
 * What `/info` answers (worker behaviour 10.1).
 *
 * @param enabled  clouds as the setting `collector` names them; those that are not installed are not active
 */
export function workerInfo(enabled: readonly string[], installed: readonly string[]): JsonObject {
  return { active_collectors: installed.filter((cloud) => enabled.includes(cloud)), all_collectors: installed };
}

import { errorCode } from '../errors.ts';
import { isJsonObject } from '../protocol/json.ts';
import type { CoreHttp, CoreRequest } from './http.ts';

/**
 * What a core has: ids of configuration documents, names of graphs. A worker does its work without: what only offers what it needs
 * need not have such lists.
 *
 * @returns undefined when there is no such list
 * @throws as `CoreHttp.json`
 */
export async function listing(
  http: CoreHttp,
  path: '/configs' | '/graph',
  request: Pick<CoreRequest, 'signal' | 'patience' | 'idleTimeout'>,
): Promise<readonly string[] | undefined> {
  try {
    const { value } = await http.json({ method: 'GET', path, ...request });
    const names = Array.isArray(value) ? value : isJsonObject(value) ? Object.keys(value) : [value];
    return names.filter((name): name is string => typeof name === 'string');
  } catch (error) {
    if (errorCode(error) === 'core_not_found') return undefined;
    throw error;
  }
}

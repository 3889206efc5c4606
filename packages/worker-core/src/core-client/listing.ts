import { errorCode, ProtocolError } from '../errors.ts';
import { isJsonObject } from '../protocol/json.ts';
import type { CoreHttp, CoreRequest } from './http.ts';

/**
 * What a core has: ids of configuration documents, names of graphs. Cores of all generations answer both.
 *
 * @throws ProtocolError `not_a_core` when there is no such list; as `CoreHttp.json`
 */
export async function listing(
  http: CoreHttp,
  path: '/configs' | '/graph',
  request: Pick<CoreRequest, 'signal' | 'patience' | 'idleTimeout'>,
): Promise<readonly string[]> {
  try {
    const { value } = await http.json({ method: 'GET', path, ...request });
    const names = Array.isArray(value) ? value : isJsonObject(value) ? Object.keys(value) : [value];
    return names.filter((name): name is string => typeof name === 'string');
  } catch (error) {
    if (errorCode(error) !== 'core_not_found') throw error;
    const { uri } = http.connection;
    throw new ProtocolError(`GET ${uri}${path} was answered with 404, which no core of Resoto or Fix Inventory does`, {
      code: 'not_a_core',
      hint: `Something answers at ${uri}, but speaks the protocol of neither. Check host, port and path of the address.`,
      facts: { uri, status: 404 },
      cause: error,
    });
  }
}

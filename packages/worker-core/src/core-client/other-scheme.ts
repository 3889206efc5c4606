/** An address with the wrong scheme: what is seen of it differs from server to server, so the other one is tried. */
import { ConnectionClosedError, errorCode } from '../errors.ts';
import { coreConnection, type CoreConnection } from './connection.ts';
import { CoreHttp } from './http.ts';

/** What becomes of a request in the scheme nobody expects. */
const signs: ReadonlySet<string | undefined> = new Set([
  'connection_closed',
  'core_speaks_otherwise',
  'core_refused',
  'not_a_core',
]);

/**
 * Looks for the reason why no core was found at an address.
 *
 * @returns ConnectionClosedError `core_speaks_otherwise` with the right address, when a core answers at it; any other error as it is
 */
export async function schemeFailure(
  connection: CoreConnection,
  error: unknown,
  signal?: AbortSignal,
): Promise<unknown> {
  if (!signs.has(errorCode(error))) return error;
  const { uri, secure } = connection;
  const other = uri.replace(/^https?/, secure ? 'http' : 'https');
  if (!(await isReady(other, signal))) return error;
  return new ConnectionClosedError(`GET ${uri}/system/ready: the core there speaks ${secure ? 'plain HTTP' : 'TLS'}`, {
    code: 'core_speaks_otherwise',
    hint: `Use the address ${other}.`,
    facts: { uri },
    cause: error,
  });
}

async function isReady(uri: string, signal: AbortSignal | undefined): Promise<boolean> {
  const http = new CoreHttp({ connection: coreConnection({ uri }) });
  const request = { method: 'GET', path: '/system/ready', trusted: false, patience: 0, idleTimeout: 5_000 } as const;
  try {
    const { body } = await http.send({ ...request, signal });
    body.destroy();
    return true;
  } catch (error) {
    signal?.throwIfAborted();
    // Behind a path prefix, a core asks for its key even here.
    return errorCode(error) === 'core_wrong_key';
  } finally {
    http.close();
  }
}

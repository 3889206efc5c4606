import type { Server } from 'node:net';
import { ConfigError, errorCode, errorText } from '../errors.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Opens the port. Where there is no IPv6, `::` is all addresses of IPv4.
 *
 * @throws ConfigError `port_in_use`, `port_denied`, `wrong_port` or `wrong_host`
 */
export async function listen(server: Server, address: ListenAddress): Promise<void> {
  try {
    await tryListen(server, address);
  } catch (error) {
    if (!isWithoutIpv6(address.host, error)) throw listenError(error, address);
    await listen(server, { ...address, host: '0.0.0.0' });
  }
}

/** Did all addresses of IPv6 fail because the machine has none? */
export function isWithoutIpv6(host: string, error: unknown): boolean {
  return host === '::' && ['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL'].includes(errorCode(error) ?? '');
}

function tryListen(server: Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    const onListening = (): void => {
      server.off('error', onError);
      resolve();
    };
    const onError = (error: Error): void => {
      server.off('listening', onListening);
      reject(error);
    };
    server.once('error', onError);
    server.once('listening', onListening);
    server.listen(port, host);
  });
}

function listenError(cause: unknown, { host, port }: ListenAddress): ConfigError {
  const details = { facts: { host, port }, cause };
  const attempt = `The web server cannot listen on ${host.includes(':') ? `[${host}]` : host}:${port}`;
  switch (errorCode(cause)) {
    case 'EADDRINUSE':
      return new ConfigError(`${attempt}: the port is in use`, {
        ...details,
        code: 'port_in_use',
        hint: 'Stop the other program, or choose another port with the setting web_port.',
      });
    case 'EACCES':
      return new ConfigError(`${attempt}: this user may not open the port`, {
        ...details,
        code: 'port_denied',
        hint: 'Choose a port above 1023 with the setting web_port.',
      });
    case 'ERR_SOCKET_BAD_PORT':
      return new ConfigError(`${attempt}: there is no such port`, {
        ...details,
        code: 'wrong_port',
        hint: 'Set web_port to a number between 1 and 65535.',
      });
    default:
      return new ConfigError(`${attempt}: ${errorText(cause)}`, {
        ...details,
        code: 'wrong_host',
        hint: 'Set web_host to an address of this machine; :: means all of them.',
      });
  }
}

/** Names and addresses of this machine, for the alternative names of its certificate (protocol 2.1). */
import { createSocket, type SocketType } from 'node:dgram';
import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { hostname } from 'node:os';

export interface MachineNames {
  readonly dns: readonly string[];
  readonly ip: readonly string[];
}

/** Somewhere on the public internet. Nothing is sent there: the system only tells which address it would send from. */
const farAway = { udp4: '8.8.8.8', udp6: '2001:4860:4860::8888' } as const;

/** Milliseconds a name server has; names it does not tell are left out. */
const patience = 1_000;

/**
 * `localhost`, the host name, the addresses of this machine and the names they have. What cannot be found out is left out.
 *
 * @param also  an address the machine is known to have
 */
export async function machineNames(also?: string): Promise<MachineNames> {
  const [own, source4, source6] = await Promise.all([
    ownAddress(),
    sourceAddress('udp4', '127.0.0.1'),
    sourceAddress('udp6', '::1'),
  ]);
  const ip = unique(['127.0.0.1', '::1', own, source4, source6, also]).filter((address) => isIP(address) !== 0);
  const reverse = await reverseNames(ip);
  return { dns: unique(['localhost', hostname(), ...reverse]).filter(isDnsName), ip };
}

async function ownAddress(): Promise<string | undefined> {
  try {
    return (await lookup(hostname())).address;
  } catch {
    return undefined;
  }
}

function sourceAddress(type: SocketType & keyof typeof farAway, nowhere: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(type);
    const end = (address: string | undefined): void => {
      socket.close();
      resolve(address === nowhere ? undefined : address);
    };
    socket.once('error', () => end(undefined));
    socket.connect(53, farAway[type], () => end(socket.address().address));
  });
}

async function reverseNames(addresses: readonly string[]): Promise<string[]> {
  const resolver = new Resolver({ timeout: patience, tries: 1 });
  const limit = setTimeout(() => resolver.cancel(), patience);
  try {
    const names = await Promise.all(addresses.map((address) => resolver.reverse(address).catch(() => [])));
    return names.flat();
  } finally {
    clearTimeout(limit);
  }
}

function unique(texts: readonly (string | undefined)[]): string[] {
  return [...new Set(texts.filter((text) => text !== undefined))];
}

/** Name servers may answer anything. A name with a wildcard would let this worker pass for others. */
function isDnsName(name: string): boolean {
  return name.length <= 253 && /^[\w-]{1,63}(\.[\w-]{1,63})*$/.test(name);
}

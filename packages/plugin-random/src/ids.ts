import { createBLAKE2b } from 'hash-wasm';

/** Makes the ids of the random cloud. They depend on the place in the tree only, never on random numbers. */
export interface Ids {
  /** Number of an account: the 6-byte BLAKE2b of `account_<n>` read as one big-endian number. */
  account(index: number): string;
  /** `<prefix>-` + 10-byte BLAKE2b of the path, in hex. */
  resource(prefix: string, path: string): string;
}

export async function loadIds(): Promise<Ids> {
  const [short, long] = await Promise.all([createBLAKE2b(48), createBLAKE2b(80)]);
  return {
    account: (index) => BigInt(`0x${short.init().update(`account_${index}`).digest('hex')}`).toString(),
    resource: (prefix, path) => `${prefix}-${long.init().update(path).digest('hex')}`,
  };
}

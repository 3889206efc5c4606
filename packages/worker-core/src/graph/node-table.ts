import { nodeIdBytes, nodeIdText } from '../protocol/node-id.ts';
import { IdTable } from './id-table.ts';
import { none, NumberList, uint32List } from './number-list.ts';

/** What is kept in memory of a node: its id and a few numbers. */
export interface NodeEntry {
  readonly key: NodeKey;
  readonly type: number;
  readonly owners: number;
}

/** A node id as 16 bytes, and as text where it cannot be made from them. */
export interface NodeKey {
  readonly bytes: Uint8Array;
  readonly text?: string;
}

/** The nodes of a graph by number, in the order in which they came. A million of them cost 34 MB. */
export class NodeTable {
  readonly #ids = new IdTable();
  readonly #texts = new Map<number, string>();
  readonly #types = new NumberList((length) => new Uint16Array(length));
  readonly #owners = uint32List();
  /** Parent of each node or `none`; the edge table sets them. */
  readonly parents = uint32List();

  get size(): number {
    return this.#ids.size;
  }

  find(key: NodeKey): number | undefined {
    return this.#ids.find(key.bytes);
  }

  /** Adds a node that is not there. */
  add({ key, type, owners }: NodeEntry): number {
    const node = this.#ids.add(key.bytes);
    if (key.text !== undefined) this.#texts.set(node, key.text);
    this.#types.push(type);
    this.#owners.push(owners);
    this.parents.push(none);
    return node;
  }

  /** Node id as on the wire. */
  id(node: number): string {
    const { bytes, offset } = this.#ids.locate(node);
    return this.#texts.get(node) ?? nodeIdText(bytes, offset);
  }

  type(node: number): number {
    return this.#types.get(node);
  }

  owners(node: number): number {
    return this.#owners.get(node);
  }
}

/** Key of a node id from the core. One that another client made up is kept as text, under its digest. */
export function nodeKey(id: string): NodeKey {
  const bytes = Buffer.from(id, 'base64url');
  return bytes.length === 16 && nodeIdText(bytes) === id ? { bytes } : { bytes: nodeIdBytes([id]), text: id };
}

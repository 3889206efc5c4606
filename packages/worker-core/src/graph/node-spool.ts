import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { parseJson, stringifyJson } from '../protocol/json.ts';
import { lineBatches } from '../protocol/ndjson.ts';
import { LineWriter, spoolError, type WriteBytes } from './line-writer.ts';
import type { CheckedLine } from './node-line.ts';
import { NumberList } from './number-list.ts';

/** A node that waits for values its collector could not read. */
export interface HeldNode {
  readonly node: number;
  readonly line: CheckedLine;
  readonly missing: readonly string[];
}

/** The lines of nodes on disk, and where each of them is. */
export class NodeSpool {
  readonly path: string;
  readonly #heldPath: string;
  readonly #write: WriteBytes | undefined;
  readonly #nodes: LineWriter;
  readonly #offsets = new NumberList((length) => new Float64Array(length));
  #held: LineWriter | undefined;

  /** Creates the files in a directory. Throws SpoolError. */
  constructor(directory: string, write?: WriteBytes) {
    this.path = join(directory, 'nodes.ndjson');
    this.#heldPath = join(directory, 'held.ndjson');
    this.#write = write;
    this.#nodes = new LineWriter(this.path, write);
  }

  get bytes(): number {
    return this.#nodes.bytes;
  }

  /** Number of nodes put aside. */
  get held(): number {
    return this.#held?.lines ?? 0;
  }

  /** Writes the line of a node. Throws SpoolError. */
  add(node: number, line: string): void {
    // Lines come in the order of their nodes, except for those that were put aside.
    while (this.#offsets.length <= node) this.#offsets.push(0);
    this.#offsets.set(node, this.#nodes.bytes);
    this.#nodes.writeLine(line);
  }

  /** Puts a node aside. Throws SpoolError. */
  hold(held: HeldNode): void {
    this.#held ??= new LineWriter(this.#heldPath, this.#write);
    this.#held.writeLine(stringifyJson(held));
  }

  /** Yields the nodes that were put aside, so many at a time, and forgets them. Throws SpoolError. */
  async *takeHeld(batchSize: number): AsyncGenerator<HeldNode[], void, undefined> {
    if (this.#held === undefined) return;
    this.#held.close();
    this.#held = undefined;
    let batch: HeldNode[] = [];
    try {
      for await (const lines of lineBatches(createReadStream(this.#heldPath), { maxLength: Infinity })) {
        for (const line of lines) {
          batch.push(heldNode(line));
          if (batch.length < batchSize) continue;
          yield batch;
          batch = [];
        }
      }
      if (batch.length > 0) yield batch;
      await rm(this.#heldPath);
    } catch (cause) {
      throw spoolError('read', this.#heldPath, cause);
    }
  }

  /** Throws SpoolError. */
  close(): void {
    this.#nodes.close();
  }

  abandon(): void {
    this.#nodes.abandon();
    this.#held?.abandon();
  }

  /** Reads back the line of a node, after `close`: for the few that a message names. */
  read(node: number): string {
    return lineAt(this.path, this.#offsets.get(node));
  }
}

// `hold` wrote it.
function heldNode(line: string): HeldNode {
  const held: unknown = parseJson(line);
  return held as HeldNode;
}

function lineAt(path: string, offset: number): string {
  try {
    const file = openSync(path, 'r');
    try {
      return readLine(file, offset);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw spoolError('read', path, cause);
  }
}

function readLine(file: number, offset: number): string {
  const pieces: Buffer[] = [];
  for (let position = offset; ; position += pieceBytes) {
    const piece = Buffer.alloc(pieceBytes);
    const bytes = piece.subarray(0, readSync(file, piece, 0, pieceBytes, position));
    const end = bytes.indexOf(10);
    pieces.push(end === -1 ? bytes : bytes.subarray(0, end));
    if (end !== -1 || bytes.length < pieceBytes) return Buffer.concat(pieces).toString();
  }
}

const pieceBytes = 16 * 1024;

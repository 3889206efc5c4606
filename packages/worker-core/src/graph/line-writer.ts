import { closeSync, openSync, writeSync } from 'node:fs';

import { SpoolError, errorCode, errorText } from '../errors.ts';

/** Writes bytes to an open file and returns how many of them, like `fs.writeSync`. */
export type WriteBytes = (file: number, bytes: Uint8Array, offset: number, length: number) => number;

/**
 * Writes lines to a file of its own, synchronously and in large pieces: nothing piles up behind a slow disk, and an error
 * meets whoever writes.
 */
export class LineWriter {
  readonly path: string;
  readonly #file: number;
  readonly #write: WriteBytes;
  readonly #buffer = Buffer.allocUnsafeSlow(bufferBytes);
  #buffered = 0;
  #written = 0;
  #lines = 0;
  #open = true;
  #failure: SpoolError | undefined;

  /**
   * Creates the file, readable by its owner only, or empties it.
   *
   * @throws SpoolError
   */
  constructor(path: string, write: WriteBytes = writeSync) {
    this.path = path;
    this.#write = write;
    try {
      this.#file = openSync(path, 'w', 0o600);
    } catch (cause) {
      throw spoolError('create', path, cause);
    }
  }

  /** Bytes handed over, that is the offset of the next line. */
  get bytes(): number {
    return this.#written + this.#buffered;
  }

  get lines(): number {
    return this.#lines;
  }

  /**
   * Adds a line. After a failure every further call fails the same way, so that no file with a hole is taken for whole.
   *
   * @throws SpoolError when the file cannot be written, for instance because the disk is full
   */
  writeLine(text: string): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (!this.#open)
      throw new SpoolError(`The spool file ${this.path} is complete: nothing can be added to it any more`);
    const most = text.length * longestCharacter + 1;
    if (most > bufferBytes - this.#buffered) this.flush();
    if (most > bufferBytes) {
      this.#writeAll(Buffer.from(`${text}\n`));
    } else {
      this.#buffered += this.#buffer.write(text, this.#buffered);
      this.#buffer[this.#buffered] = newline;
      this.#buffered += 1;
    }
    this.#lines += 1;
  }

  /** Hands everything to the file. Throws SpoolError. */
  flush(): void {
    const bytes = this.#buffer.subarray(0, this.#buffered);
    this.#buffered = 0;
    this.#writeAll(bytes);
  }

  /** Flushes and closes. Throws SpoolError; a file system over a network may find only now that the disk is full. */
  close(): void {
    this.flush();
    this.#guard(() => this.#closeFile());
  }

  /** Closes without writing what is left. Never throws. */
  abandon(): void {
    try {
      this.#closeFile();
    } catch {
      // The content is given up anyway.
    }
  }

  #closeFile(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#file);
  }

  #writeAll(bytes: Uint8Array): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#guard(() => {
      for (let done = 0; done < bytes.length;) {
        const count = this.#write(this.#file, bytes, done, bytes.length - done);
        if (count === 0) throw new Error('nothing was written');
        done += count;
        this.#written += count;
      }
    });
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (cause) {
      this.#failure = spoolError('write', this.path, cause);
      throw this.#failure;
    }
  }
}

const bufferBytes = 256 * 1024;
const longestCharacter = 3;
const newline = 10;

/** The error of a spool file that cannot be used. */
export function spoolError(verb: 'create' | 'write' | 'read', path: string, cause: unknown): SpoolError {
  return new SpoolError(`Cannot ${verb} the spool file ${path}: ${errorText(cause)}`, {
    hint: spoolHint(errorCode(cause)),
    facts: { path, reason: errorCode(cause) },
    cause,
  });
}

function spoolHint(code: string | undefined): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return 'Free space there, or let tempdir or --data name a directory with more of it.';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'Make the directory writable for the worker, or let tempdir or --data name another one.';
    default:
      return 'Look at the disk of that directory, or let tempdir or --data name another one.';
  }
}

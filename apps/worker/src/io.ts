import type { Readable, Writable } from 'node:stream';

/** Where a command reads from and writes to: the process, or a test. */
export interface Io {
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stdin: Readable;
  readonly env: NodeJS.ProcessEnv;
}

/** Writes and waits until the stream takes more. A closed pipe (`| head`) ends the command quietly. */
export function write(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error === null || error === undefined ? resolve() : reject(error)));
  });
}

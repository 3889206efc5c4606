import { Readable, Writable } from 'node:stream';

import type { Io } from '../src/io.ts';

export interface CapturedIo extends Io {
  /** Everything written to standard output so far. */
  readonly output: () => string;
  readonly errors: () => string;
}

/** Streams of a command that keep what is written to them. With `terminal`, standard output is one of that size. */
export function capturedIo(
  options: { readonly terminal?: { columns: number; rows?: number }; readonly env?: NodeJS.ProcessEnv } = {},
): CapturedIo {
  const { terminal, env = {} } = options;
  const stdout = capture();
  const stderr = capture();
  const size = terminal === undefined ? {} : { isTTY: true, ...terminal };
  return {
    stdout: Object.assign(stdout.stream, size),
    stderr: stderr.stream,
    stdin: Readable.from([]),
    env,
    output: stdout.text,
    errors: stderr.text,
  };
}

function capture(): { readonly stream: Writable; readonly text: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return { stream, text: () => text };
}

import type { JsonValue } from '@resoto/worker-core';

/** Results on their way through a command line. */
export type Items = AsyncIterable<JsonValue>;

export interface CommandContext {
  readonly graph: string;
  /** Relative paths refer to it. */
  readonly section: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface Command {
  /** The output is for people or meant as it is: no formatter is appended. */
  readonly formatsOutput?: boolean;
  /** @param input  results of the command before; absent when this is the first one */
  run(args: string, input: Items | undefined, context: CommandContext): Items;
}

/** What travels between main thread and worker threads for a command. */
import type { Generation } from '../protocol/generation.ts';
import type { JsonObject } from '../protocol/json.ts';

export interface CommandInput {
  readonly name: string;
  /** URL of the entry of the plugin package. */
  readonly entry: string;
  readonly config: JsonObject;
  readonly generation: Generation;
  readonly args: readonly string[];
  /** As the core sent it; undefined: the command is the first one of its line. */
  readonly node: JsonObject | undefined;
}

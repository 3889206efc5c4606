/**
 * What a plugin and the worker promise each other about a command: the core offers it on its command line, by itself or after a
 * search, and a worker that has the plugin installed carries it out.
 */
import type { SectionDeclaration } from '../config/section.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import type { PluginContext, StoredResource } from './contract.ts';

/** Plain data beside `load()`: reading it constructs nothing. */
export interface CommandDeclaration {
  /** What people type. The first definition a core hears of wins as long as the core runs. */
  readonly name: string;
  /** One line of help. */
  readonly info?: string;
  /** Markdown. */
  readonly description?: string;
  /** Argument → what it means; options with their dashes. */
  readonly argsDescription?: Readonly<Record<string, string>>;
  /** The result is the node as it is to be stored. Default: the result is the output. */
  readonly expectNodeResult?: boolean;
  /**
   * After a search it is called for nodes of this kind, others are left out: `resource` is for all. Default: it can only be the first
   * command of a line, and there cores of the first generation want at least one argument.
   */
  readonly allowedOnKind?: string;
  /** Attribute (`cloud`, `account`, `region`, `zone`) → values it is for. With one, it cannot be called without a node. */
  readonly filter?: Readonly<Record<string, readonly string[]>>;
  /** Its settings; often the section of the collector. Default: none. */
  readonly section?: SectionDeclaration;
  /** Called in a worker thread, once in each. */
  readonly load: () => Promise<Command>;
}

/** What is behind a command. The form says what it is given. */
export type Command = RawCommand | ResourceCommand;

/**
 * Gets the node as the core sent it. Its result goes to the core as it is; nothing is `null`. What it throws is the error people
 * see. A core waits for 10 seconds, then the signal is aborted.
 */
export interface RawCommand {
  readonly form: 'raw';
  /** @param node  undefined: it is the first command of its line */
  run(
    node: JsonObject | undefined,
    args: readonly string[],
    context: CommandContext,
  ): Promise<JsonValue | undefined | void>;
}

/** Gets a resource with its kind and its owners. A resource that it returns becomes a node again. Otherwise as {@link RawCommand}. */
export interface ResourceCommand {
  readonly form: 'resource';
  run(
    resource: StoredResource | undefined,
    args: readonly string[],
    context: CommandContext,
  ): Promise<JsonValue | StoredResource | undefined | void>;
}

/** What one call of a command is given. */
export type CommandContext = Pick<PluginContext, 'config' | 'generation' | 'log' | 'signal'>;

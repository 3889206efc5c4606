import type { Logger } from '@resoto/worker-core';
import type { GraphStore } from '../graph/graph-store.ts';
import { badRequest } from '../server/request-error.ts';
import type { WorkQueue } from '../work-queue/work-queue.ts';
import type { Workflow } from '../workflow/definitions.ts';
import type { WorkflowRunner } from '../workflow/runner.ts';
import type { Command, CommandContext, Items } from './command.ts';
import type { CustomCommands } from './custom-commands.ts';
import { flowCommands } from './flow-commands.ts';
import { nodeCommands } from './node-commands.ts';
import { parseCommandLine, type ParsedLine } from './parse-line.ts';
import { tagCommand } from './task-commands.ts';
import { workflowCommand } from './workflow-commands.ts';

export interface CommandLineOptions {
  readonly graphs: GraphStore;
  readonly runner: WorkflowRunner;
  readonly queue: WorkQueue;
  readonly customCommands: CustomCommands;
  readonly workflows: ReadonlyMap<string, Workflow>;
  readonly now: () => number;
  readonly log: Logger;
}

/** Command lines that were understood. A line is executed when its results are fetched. */
interface ParsedCommands {
  readonly lines: number;
  readonly results: Iterable<Items>;
}

/** Reads command lines (protocol 10.1). Throws when one of them cannot be understood, before any is executed. */
export type ExecuteCommands = (text: string, context: CommandContext) => ParsedCommands;

export function commandLine(options: CommandLineOptions): ExecuteCommands {
  const tag = tagCommand(options);
  const workflow = workflowCommand(options.runner, options.workflows.keys());
  const commands: Readonly<Record<string, Command>> = {
    ...flowCommands,
    ...nodeCommands(options.graphs, options.log),
    tag,
    tags: tag,
    workflow,
    workflows: workflow,
  };

  function find(name: string): Command {
    const command = Object.hasOwn(commands, name) ? commands[name] : options.customCommands.find(name, options);
    if (command !== undefined) return command;
    const known = [...Object.keys(commands), ...options.customCommands.all().map((offer) => offer.name)].sort();
    throw badRequest(`There is no command ${name}. Commands: ${known.join(', ')}`, 'cli_parse_error');
  }

  function execute(line: ParsedLine, outer: CommandContext): Items {
    const { graph = outer.graph, section = outer.section, ...variables } = line.variables;
    const context = { ...outer, graph, section, variables: { ...outer.variables, ...variables } };
    const steps = line.commands.map(({ name, args }) => ({ command: find(name), args }));
    if (!steps.some(({ command }) => command.formatsOutput === true)) steps.push({ command: find('list'), args: '' });
    let items: Items | undefined;
    for (const { command, args } of steps) items = command.run(args, items, context);
    if (items === undefined) throw badRequest('The command line is empty', 'cli_parse_error');
    return items;
  }

  function* executeAll(lines: readonly ParsedLine[], context: CommandContext): Generator<Items> {
    for (const line of lines) yield execute(line, context);
  }

  return (text, context) => {
    const lines = parseCommandLine(withDates(text, new Date(options.now())));
    for (const { commands: parsed } of lines) for (const { name } of parsed) find(name);
    return { lines: lines.length, results: executeAll(lines, context) };
  };
}

/** Replaces `@NOW@` and its like by dates. */
function withDates(text: string, now: Date): string {
  const day = (offset: number): string => new Date(now.getTime() + offset * 86_400_000).toISOString().slice(0, 10);
  const moment = `${now.toISOString().slice(0, 19)}Z`;
  const dates: Readonly<Record<string, string>> = {
    NOW: moment,
    UTC: moment,
    TODAY: day(0),
    TOMORROW: day(1),
    YESTERDAY: day(-1),
  };
  return text.replaceAll(/@([A-Z]+)@/g, (match, name: string) => dates[name] ?? match);
}

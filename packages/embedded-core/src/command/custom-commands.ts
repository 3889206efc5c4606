import { isJsonObject, WorkerError, errorText, type JsonObject, type JsonValue } from '@resoto/worker-core';
import { badRequest } from '../server/request-error.ts';
import type { TaskOffer } from '../work-queue/registration.ts';
import type { Task } from '../work-queue/work-queue.ts';
import { concurrently } from './batches.ts';
import type { Command, CommandContext, Items } from './command.ts';
import { fillTemplate } from './node-path.ts';
import { splitArguments } from './parse-line.ts';
import { nodesOf, nodeTask, taskAttributes, TASKS_AT_ONCE, type TaskServices } from './task-commands.ts';

const TIMEOUT = 10_000;
/** Tasks the core itself gives out under these names. */
const RESERVED: ReadonlySet<string> = new Set(['tag', 'validate_config']);

/** Commands that workers brought. The first definition of a name stays for the life of the core (protocol 6.7). */
export class CustomCommands {
  readonly #offers = new Map<string, TaskOffer>();

  learn(offers: readonly TaskOffer[]): void {
    for (const offer of offers) {
      if (!RESERVED.has(offer.name) && !this.#offers.has(offer.name)) this.#offers.set(offer.name, offer);
    }
  }

  all(): readonly TaskOffer[] {
    return [...this.#offers.values()];
  }

  find(name: string, services: TaskServices): Command | undefined {
    const offer = this.#offers.get(name);
    return offer === undefined ? undefined : customCommand(offer, services);
  }
}

function customCommand(offer: TaskOffer, services: TaskServices): Command {
  return {
    run(args, input, context) {
      refuseUnreadable(offer.name, args);
      if (input === undefined) return runAlone(offer, services, splitArguments(args));
      const nodes = allowedNodes(offer, services, input, context);
      return concurrently(nodes, TASKS_AT_ONCE, (node) => runOnNode(offer, services, args, node, context));
    },
  };
}

/** The core rewrites a command of a worker as one of its own, with the arguments in single quotes, and cannot read each result. */
function refuseUnreadable(name: string, args: string): void {
  const reason = unreadable(args);
  if (reason !== undefined) throw badRequest(`${name} ${reason}`, 'cli_parse_error');
}

function unreadable(args: string): string | undefined {
  if (args === '') return 'needs arguments: the core gives a worker no command without';
  if (args.includes("'")) return 'cannot have single quotes in its arguments, use double quotes';
  return /^-\S*$/.test(args) ? `cannot have ${args} as its only argument` : undefined;
}

async function* runAlone(offer: TaskOffer, services: TaskServices, args: string[]): Items {
  yield await outcome(offer, services, { name: offer.name, data: { args }, attrs: {}, timeout: TIMEOUT });
}

async function runOnNode(
  offer: TaskOffer,
  services: TaskServices,
  template: string,
  node: JsonObject,
  context: CommandContext,
): Promise<JsonValue> {
  const args = splitArguments(fillTemplate(template, node, context.section));
  const task: Task = { name: offer.name, data: { args, node }, attrs: taskAttributes(node), timeout: TIMEOUT };
  return offer.expectNodeResult ? nodeTask(services, task, node, context) : outcome(offer, services, task);
}

/** The data of the result. A failure fails the whole command line. */
async function outcome(offer: TaskOffer, { queue }: TaskServices, task: Task): Promise<JsonValue> {
  try {
    return await queue.submit(task).result;
  } catch (cause) {
    throw new WorkerError('command_failed', `${offer.name} failed: ${errorText(cause)}`, { cause });
  }
}

async function* allowedNodes(
  offer: TaskOffer,
  { graphs }: TaskServices,
  input: Items,
  { graph }: CommandContext,
): AsyncGenerator<JsonObject> {
  const model = graphs.model(graph).current();
  for await (const node of nodesOf(graphs, input, graph)) {
    const kind = isJsonObject(node['reported']) ? node['reported']['kind'] : undefined;
    if (offer.allowedOnKind === null || (typeof kind === 'string' && model.isA(kind, offer.allowedOnKind))) yield node;
  }
}

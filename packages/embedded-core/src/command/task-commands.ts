import { errorCode, errorText, isJsonObject, type JsonObject, type JsonValue, type Logger } from '@resoto/worker-core';
import type { GraphStore } from '../graph/graph-store.ts';
import { textOf } from '../json.ts';
import { badRequest } from '../server/request-error.ts';
import type { Task, WorkQueue } from '../work-queue/work-queue.ts';
import { concurrently } from './batches.ts';
import type { Command, CommandContext, Items } from './command.ts';
import { needed } from './flow-commands.ts';
import { idBatches } from './node-commands.ts';
import { fillTemplate, valueAt } from './node-path.ts';
import { splitArguments } from './parse-line.ts';

/** Tasks of one command line that are under way at once (protocol 6.3). */
export const TASKS_AT_ONCE = 100;

const TAG_TIMEOUT = 30_000;

export interface TaskServices {
  readonly graphs: GraphStore;
  readonly queue: WorkQueue;
  readonly log: Logger;
}

/** `tag update` and `tag delete`: one task per node (protocol 6.5). */
export function tagCommand(services: TaskServices): Command {
  return {
    run(args, input, context) {
      const change = parseTagChange(args);
      const nodes = nodesOf(services.graphs, needed('tag', input), context.graph);
      return concurrently(nodes, TASKS_AT_ONCE, (node) => {
        const data = { ...change.data(node, context.section), node };
        const task: Task = { name: 'tag', data, attrs: taskAttributes(node), timeout: TAG_TIMEOUT };
        return change.wait ? nodeTask(services, task, node, context) : spawnTask(services, task, node, context);
      });
    },
  };
}

/** The nodes of the results, complete, with their four ancestors. */
export async function* nodesOf(graphs: GraphStore, input: Items, graph: string): AsyncGenerator<JsonObject> {
  for await (const ids of idBatches(input)) {
    for (const node of graphs.nodesWithAncestors(graph, ids)) yield { ...node };
  }
}

/** Who may do a task: the ids of the nearest ancestors of its node (protocol 6.4). */
export function taskAttributes(node: JsonObject): Record<string, string> {
  const attrs: Record<string, string> = {};
  for (const name of ['cloud', 'account', 'region', 'zone']) {
    const id = valueAt(node, ['ancestors', name, 'reported', 'id']);
    if (id !== undefined && id !== null) attrs[name] = textOf(id);
  }
  return attrs;
}

/** Does a task whose result is the changed node, and stores that. Failures become error results of their node. */
export async function nodeTask(
  services: TaskServices,
  task: Task,
  node: JsonObject,
  context: CommandContext,
): Promise<JsonValue> {
  const id = node['id'] ?? null;
  try {
    return storeNode(services, await services.queue.submit(task).result, id, context);
  } catch (error) {
    return { error: `Error executing task: ${errorText(error)}`, id };
  }
}

function storeNode({ graphs }: TaskServices, result: JsonValue, id: JsonValue, { graph }: CommandContext): JsonValue {
  if (!isJsonObject(result) || typeof result['id'] !== 'string' || !isJsonObject(result['reported'])) return result;
  try {
    return { ...graphs.updateNode(graph, result) };
  } catch (error) {
    // Somebody changed the node meanwhile; the change of the worker shows up with the next collect.
    if (errorCode(error) === 'revision_conflict') return result;
    return { error: errorText(error), id };
  }
}

async function spawnTask(
  services: TaskServices,
  task: Task,
  node: JsonObject,
  context: CommandContext,
): Promise<JsonValue> {
  const { id, result } = services.queue.submit(task);
  result.then(
    (done) => storeNode(services, done, node['id'] ?? null, context),
    (error: unknown) => services.log.warn('task failed', { task: id, error: errorText(error) }),
  );
  return `Spawned WorkerTask tag:${id}`;
}

interface TagChange {
  readonly wait: boolean;
  data(node: JsonObject, section: string): JsonObject;
}

function parseTagChange(args: string): TagChange {
  const parts = splitArguments(args);
  const words = parts.filter((part) => part !== '--nowait');
  const wait = words.length === parts.length;
  const [action, key, ...value] = words;
  if (key !== undefined && action === 'delete' && value.length === 0) {
    return { wait, data: () => ({ delete: [key] }) };
  }
  if (key !== undefined && action === 'update') {
    const template = value.length > 0 ? value.join(' ') : undefined;
    return {
      wait,
      data: (node, section) => ({
        update: { [key]: template === undefined ? null : fillTemplate(template, node, section) },
      }),
    };
  }
  throw badRequest('Expected tag update [--nowait] <key> [<value>] or tag delete [--nowait] <key>', 'cli_parse_error');
}

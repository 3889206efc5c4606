/** Custom commands, inside of a worker thread. */
import type { JobHost } from '../collect/job-host.ts';
import { errorText, PluginError } from '../errors.ts';
import { computedProperties, ResourceKinds } from '../kinds/resource-kinds.ts';
import type { Command, CommandContext } from '../plugin/command-contract.ts';
import type { Plugin, StoredResource } from '../plugin/contract.ts';
import { importPlugin } from '../plugin/registry.ts';
import { nodeOf, readStoredNode } from '../plugin/stored-node.ts';
import { parseJson, stringifyJson, type JsonValue } from '../protocol/json.ts';
import { raced } from '../raced.ts';
import type { CommandInput } from './command-job.ts';
import { brokenTask } from './command-task.ts';

/** @throws whatever the command throws; PluginError when it cannot be loaded, or its result is no JSON */
export async function runCommand(input: CommandInput, host: Pick<JobHost, 'signal' | 'log'>): Promise<JsonValue> {
  const { name, entry, config, generation, args, node } = input;
  const command = await loaded(name, entry);
  const context: CommandContext = { config, generation, log: host.log.child(`command_${name}`), signal: host.signal };
  // A job that ends in time spares the thread, which others use, its end by force.
  if (command.form === 'raw') return jsonOf(name, await raced(command.run(node, args, context), host.signal));
  const resource = node && (await resourceOf(input));
  const result = await raced(command.run(resource, args, context), host.signal);
  return jsonOf(name, isResource(result) ? nodeOf(result, computedProperties(result.kind)) : result);
}

const commands = new Map<string, Promise<Command>>();

/** A failed attempt is not the last one. */
async function loaded(name: string, entry: string): Promise<Command> {
  const key = `${entry} ${name}`;
  const known = commands.get(key);
  if (known !== undefined) return known;
  const loading = load(name, entry);
  commands.set(key, loading);
  try {
    return await loading;
  } catch (cause) {
    commands.delete(key);
    throw new PluginError(`The command ${name} cannot be loaded: ${errorText(cause)}`, { cause });
  }
}

async function load(name: string, entry: string): Promise<Command> {
  const { commands: declared = [] } = await importPlugin(entry);
  const declaration = declared.find((command) => command.name === name);
  if (declaration === undefined) throw new PluginError(`${entry} has no such command any more`);
  return declaration.load();
}

async function resourceOf({ name, entry, node }: CommandInput): Promise<StoredResource> {
  const stored = readStoredNode(node, (reason) => brokenTask(name, reason));
  const kinds = await kindsOf(entry);
  return { ...stored, kind: kinds.find(stored.reported['kind']) };
}

const kindsByEntry = new Map<string, Promise<ResourceKinds>>();

function kindsOf(entry: string): Promise<ResourceKinds> {
  let kinds = kindsByEntry.get(entry);
  if (kinds === undefined) {
    kinds = importPlugin(entry).then(loadKinds);
    kindsByEntry.set(entry, kinds);
    kinds.catch(() => kindsByEntry.delete(entry));
  }
  return kinds;
}

async function loadKinds({ collectors = [] }: Plugin): Promise<ResourceKinds> {
  const loadedCollectors = await Promise.all(collectors.map((collector) => collector.load()));
  return new ResourceKinds(loadedCollectors.flatMap(({ kinds }) => kinds));
}

function isResource(value: unknown): value is StoredResource {
  if (typeof value !== 'object' || value === null || !('nodeId' in value) || !('kind' in value)) return false;
  // In JSON the kind is a name.
  return typeof value.kind === 'object' && 'reported' in value;
}

/** What a plugin returns may hold dates, functions or cycles. */
function jsonOf(name: string, value: unknown): JsonValue {
  let text: string | undefined;
  try {
    text = stringifyJson(value);
  } catch (cause) {
    throw new PluginError(`The result of the command ${name} is no JSON: ${errorText(cause)}`, { cause });
  }
  return text === undefined ? null : parseJson(text);
}

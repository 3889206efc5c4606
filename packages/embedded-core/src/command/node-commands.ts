import { isJsonObject, parseJson, type JsonObject, type JsonValue, type Logger } from '@resoto/worker-core';
import type { GraphStore } from '../graph/graph-store.ts';
import { isJsonArray } from '../json.ts';
import { badRequest } from '../server/request-error.ts';
import { batches } from './batches.ts';
import type { Command, CommandContext, Items } from './command.ts';
import { needed } from './flow-commands.ts';
import { splitArguments } from './parse-line.ts';

const BATCH = 1000;
const DEFAULT_ORDER = ['/reported.kind', '/reported.name', '/reported.id'];

/** Find nodes and change sections of them (protocol 10.2). */
export function nodeCommands(graphs: GraphStore, log: Logger): Readonly<Record<string, Command>> {
  const search: Command = { run: (args, input, context) => searchNodes(graphs, args, input, context) };
  const patching = (patch: (args: string) => SectionPatch): Command => ({
    run: (args, input, context) => patchNodes(graphs, patch(args), needed('A change of nodes', input), context),
  });
  return {
    search,
    query: search,
    match: search,
    json: { run: (args) => values(args) },
    set_desired: patching((args) => ({ desired: assignments(args) })),
    set_metadata: patching((args) => ({ metadata: assignments(args) })),
    protect: patching(() => ({ metadata: { protected: true } })),
    clean: patching((reason) => {
      log.info('nodes marked for cleanup', { reason });
      return { desired: { clean: true } };
    }),
  };
}

type SectionPatch = { readonly desired: JsonObject } | { readonly metadata: JsonObject };

/** The id of a result: of a node, or the result itself when it is an id. Undefined for everything else. */
function idOf(item: JsonValue): string | undefined {
  if (typeof item === 'string') return item;
  if (!isJsonObject(item) || item['type'] === 'edge') return undefined;
  return typeof item['id'] === 'string' ? item['id'] : undefined;
}

/** Ids of all results that have one, some at a time. */
export async function* idBatches(input: Items): AsyncGenerator<string[]> {
  for await (const batch of batches(input, BATCH)) yield batch.map(idOf).filter((id) => id !== undefined);
}

async function* searchNodes(
  graphs: GraphStore,
  args: string,
  input: Items | undefined,
  context: CommandContext,
): Items {
  if (input !== undefined) throw badRequest('search is the first command of a line');
  const withEdges = /^--with-edges\s+/.test(args);
  const { rows } = await graphs.search(context.graph, args.replace(/^--with-edges\s+/, ''), {
    section: context.section,
    withEdges,
    variables: context.variables,
    defaultSort: DEFAULT_ORDER,
    signal: context.signal,
  });
  for await (const row of rows) yield { ...row };
}

async function* values(args: string): Items {
  let value: JsonValue;
  try {
    value = parseJson(args);
  } catch (cause) {
    throw badRequest(`json needs a JSON value: ${args}`, 'cli_parse_error', cause);
  }
  if (isJsonArray(value)) yield* value;
  else yield value;
}

async function* patchNodes(graphs: GraphStore, patch: SectionPatch, input: Items, { graph }: CommandContext): Items {
  for await (const ids of idBatches(input)) {
    const nodes = await graphs.patchNodes(
      graph,
      ids.map((id) => ({ id, ...patch })),
    );
    for (const node of nodes) yield { ...node };
  }
}

/** Reads `name=value …`. Values are JSON where they are written so, else text. */
function assignments(args: string): JsonObject {
  const members = splitArguments(args).map((argument) => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(argument) ?? [];
    if (name === undefined || value === undefined) throw badRequest(`Expected name=value, not ${argument}`);
    return [name, literal(value)] as const;
  });
  if (members.length === 0) throw badRequest('Expected name=value');
  return Object.fromEntries(members);
}

function literal(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

import {
  errorCode,
  errorText,
  splitLines,
  stringifyJson,
  type GenerationNames,
  type JsonValue,
} from '@resoto/worker-core';
import type { GraphStore } from '../../graph/graph-store.ts';
import { isJsonArray, textOf } from '../../json.ts';
import type { Imports } from '../../graph/imports.ts';
import type { Timers } from '../../timers.ts';
import { json, noContent, stream, type Answer } from '../answer.ts';
import { isNdjson, mediaType, readDocuments, readJson, readStream, readText } from '../body.ts';
import { badRequest, notFound } from '../request-error.ts';
import type { RouteHandler, Router, RouteRequest } from '../router.ts';

export interface GraphServices {
  readonly graphs: GraphStore;
  readonly imports: Imports;
  readonly names: GenerationNames;
  readonly timers: Pick<Timers, 'importIdle'>;
}

/** Search parameters with a meaning of their own; every other one is a template value for the query (protocol 8.1). */
const SEARCH_PARAMETERS: ReadonlySet<string> = new Set(['section', 'edge_type', 'count', 'search_timeout', 'at']);

/** Graphs, their models, imports, searches and node patches (protocol 7 and 8). */
export function addGraphRoutes(routes: Router<RouteHandler>, services: GraphServices): void {
  const { graphs, names } = services;
  routes.add('GET', '/graph', () => json(graphs.names()));
  routes.add('POST', '/graph/{graph}', (request) => json(graphs.create(request.param('graph'))));
  routes.add('GET', '/graph/{graph}/model', (request) => json(graphs.model(request.param('graph')).kinds()));
  routes.add('PUT', '/graph/{graph}/model', async (request) => {
    const model = graphs.model(request.param('graph'));
    model.put(arrayOf(await readJson(request.message)));
    return json(model.toJson());
  });
  routes.add('PATCH', '/graph/{graph}/model', async (request) => {
    const model = graphs.model(request.param('graph'));
    model.patch(arrayOf(await readJson(request.message)));
    return json(model.toJson());
  });
  routes.add('GET', '/model', () => json(graphs.model(names.graph).kinds()));
  routes.add('POST', '/graph/{graph}/merge', (request) => merge(request, services));
  routes.add('POST', '/graph/{graph}/search/list', (request) => search(request, services, false));
  routes.add('POST', '/graph/{graph}/search/graph', (request) => search(request, services, true));
  routes.add('PATCH', '/graph/{graph}/nodes', (request) => patchNodes(request, services));
  routes.add('GET', '/graph/{graph}/node/{id}', (request) => {
    const node = graphs.node(request.param('graph'), request.param('id'));
    if (node === undefined) throw notFound(`No node with id ${request.param('id')}`);
    return json(node);
  });
  if (names.edgeTypes.includes('iam')) {
    routes.add('POST', '/graph/{graph}/merge/deferred_edges', async (request) => {
      const tasks = arrayOf(await readJson(request.message)).map(textOf);
      return json(await graphs.resolveDeferredEdges(request.param('graph'), tasks, request.signal));
    });
  }
}

async function merge(request: RouteRequest, { graphs, imports, names, timers }: GraphServices): Promise<Answer> {
  const { message, query, signal } = request;
  const graph = request.param('graph');
  if (!graphs.exists(graph)) throw notFound(`No graph with this name ${graph}`);
  const taskId = header(request, names.workerHeaders.taskId);
  const upload = { graph, taskId };
  const type = mediaType(message);
  if (!isNdjson(type) && type !== 'application/json') {
    throw badRequest(`A graph is uploaded as application/x-ndjson or application/json, not as ${type || 'nothing'}`);
  }
  if ((query.get('wait_for_result') ?? 'true').toLowerCase() === 'true') {
    const lines = isNdjson(type)
      ? splitLines(readStream(message, timers.importIdle))
      : readDocuments(message, timers.importIdle);
    return json(await imports.run(upload, lines, signal));
  }
  const body = isNdjson(type)
    ? readStream(message, timers.importIdle)
    : asLines(readDocuments(message, timers.importIdle));
  await imports.store(upload, body, signal);
  return noContent();
}

async function* asLines(documents: AsyncIterable<JsonValue>): AsyncGenerator<Uint8Array> {
  for await (const document of documents) yield Buffer.from(`${stringifyJson(document)}\n`);
}

async function patchNodes(request: RouteRequest, { graphs, timers }: GraphServices): Promise<Answer> {
  try {
    return stream(await graphs.patchNodes(request.param('graph'), readDocuments(request.message, timers.importIdle)));
  } catch (error) {
    // The path was found; what is unknown stands in the body.
    if (errorCode(error) === 'unknown_node') throw badRequest(errorText(error), 'unknown_node', error);
    throw error;
  }
}

async function search(request: RouteRequest, { graphs }: GraphServices, withEdges: boolean): Promise<Answer> {
  const { message, query, signal } = request;
  const section = query.get('section');
  const edgeType = query.get('edge_type');
  const variables = Object.fromEntries([...query].filter(([name]) => !SEARCH_PARAMETERS.has(name)));
  if (query.has('at')) throw badRequest('This core keeps no snapshots: search without the parameter at');
  const result = await graphs.search(request.param('graph'), await readText(message), {
    withEdges,
    variables,
    signal,
    ...(section === null ? {} : { section }),
    ...(edgeType === null ? {} : { edgeType }),
  });
  const counts = { 'Result-Count': String(result.count), 'Total-Count': String(result.totalCount) };
  return stream(result.rows, query.get('count') === 'false' ? {} : counts);
}

function header({ message }: RouteRequest, name: string): string | undefined {
  const value = message.headers[name.toLowerCase()];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function arrayOf(value: JsonValue): readonly JsonValue[] {
  if (!isJsonArray(value)) throw badRequest('The body is no array');
  return value;
}

/** What a worker asks of a core, as typed calls (protocol 1.2, 3.2, 5.1, 7, 8, 10.1). */
import {
  CoreError,
  errorCode,
  errorHint,
  errorText,
  ProtocolError,
  TimedOutError,
  type WorkerError,
} from '../errors.ts';
import { generationNames } from '../protocol/generation.ts';
import type { GraphRow, ImportResult, NodePatch, NodeRow } from '../protocol/graph-line.ts';
import { isJsonObject, stringifyJson, type JsonObject, type JsonValue } from '../protocol/json.ts';
import type { KindJson } from '../protocol/model-json.ts';
import { withTimeLimit } from '../time-limit.ts';
import { pause } from './back-off.ts';
import { pathOf, type CoreConnection } from './connection.ts';
import { isLasting, speaksNeither } from './failures.ts';
import { graphRow } from './graph-rows.ts';
import { CoreHttp, type CoreAnswer, type CoreHttpOptions } from './http.ts';
import { listing } from './listing.ts';
import { schemeFailure } from './other-scheme.ts';
import { importResult, uploadHeaders, type Upload } from './upload.ts';

/** A configuration document and where its values come from. */
export interface StoredConfig {
  /** Overrides of the core applied, placeholders resolved as far as the core could. */
  readonly config: JsonObject;
  readonly overrides: JsonObject | null;
  /** The document as stored. */
  readonly rawConfig: JsonObject;
  readonly revision: string;
}

export interface Section {
  /** Section that relative paths of the query refer to; without, they are absolute. */
  readonly section?: 'reported' | 'desired' | 'metadata' | 'security' | '/';
  readonly signal?: AbortSignal;
}

export interface Subscription {
  readonly subscriberId: string;
  readonly event: string;
  /** Seconds the core waits for this subscriber. */
  readonly timeout: number;
  readonly waitForCompletion?: boolean;
}

export interface WaitOptions {
  /** Milliseconds until the wait is given up: 300,000. */
  readonly timeout?: number;
  /** Milliseconds between two attempts: 2,000. */
  readonly pause?: number;
  /** Told why the core is not ready, again only when the reason changes. */
  readonly onWait?: (error: unknown) => void;
  readonly signal?: AbortSignal;
}

/** The calls of a core over kept connections. Those that may be sent again are, after a lost connection. */
export class CoreClient {
  readonly connection: CoreConnection;
  readonly #http: CoreHttp;

  constructor(options: CoreHttpOptions) {
    this.connection = options.connection;
    this.#http = new CoreHttp(options);
  }

  /**
   * Waits until the core is up: nothing is trusted yet, so neither is a token sent nor a certificate checked. A core behind a
   * path prefix asks for a token even here.
   *
   * @throws TimedOutError after `timeout` milliseconds (300,000); CoreError `core_wrong_key`; ProtocolError `not_a_core`;
   *   ConnectionClosedError `core_speaks_otherwise`, with the right address when only the scheme is wrong
   */
  async waitUntilReady(options: WaitOptions = {}): Promise<void> {
    const { timeout = 300_000, pause: between = 2_000, onWait = () => {}, signal } = options;
    const deadline = performance.now() + timeout;
    let trusted = false;
    let told: string | undefined;
    for (;;) {
      const failure = await this.#readyFailure(trusted, signal);
      if (failure === undefined) return;
      const { error } = failure;
      const code = errorCode(error);
      if (isLasting(error) || (code === 'core_wrong_key' && trusted)) throw error;
      trusted = code === 'core_wrong_key';
      if (trusted) continue;
      if (performance.now() + between > deadline) throw notReady(this.connection, timeout, error);
      if (errorText(error) !== told) onWait(error);
      told = errorText(error);
      await pause(between, signal);
    }
  }

  /**
   * The configuration document; undefined when the core has none of this id, and does not list it either: others may answer 404.
   *
   * @throws ProtocolError `config_hidden` when it is only listed
   */
  async config(id: string, signal?: AbortSignal): Promise<StoredConfig | undefined> {
    const found = await this.#config(id, signal);
    if (found !== undefined) return found;
    const listed = await listing(this.#http, '/configs', { signal });
    if (listed?.includes(id) !== true) return undefined;
    // Somebody may have stored it between the two answers.
    const late = await this.#config(id, signal);
    if (late === undefined) throw hiddenConfig(this.connection, id);
    return late;
  }

  /** Replaces the document. @returns its revision, `unknown` when nothing changed */
  putConfig(id: string, document: JsonObject, signal?: AbortSignal): Promise<string> {
    return this.#writeConfig('PUT', id, document, signal);
  }

  /**
   * Merges into the stored document; what is not named stays. With `validate: false` the core does not compare the result with its
   * model (protocol 3.2).
   *
   * @returns its revision, `unknown` when nothing changed
   */
  patchConfig(
    id: string,
    changes: JsonObject,
    signal?: AbortSignal,
    query: { readonly validate?: false } = {},
  ): Promise<string> {
    return this.#writeConfig('PATCH', id, changes, signal, query);
  }

  /** Adds or replaces kinds of configuration sections. */
  async patchConfigModel(kinds: readonly KindJson[], signal?: AbortSignal): Promise<void> {
    await this.#http.text({ method: 'PATCH', path: '/configs/model', ...jsonBody(kinds), signal });
  }

  /** Tells the core that this subscriber waits for an event. Repeating it replaces the parameters. */
  async subscribe(
    { subscriberId, event, timeout, waitForCompletion = true }: Subscription,
    signal?: AbortSignal,
  ): Promise<void> {
    const query = { timeout: Math.max(1, Math.round(timeout)), wait_for_completion: waitForCompletion };
    // The socket that needs the subscription tries again with pauses of its own.
    const path = pathOf('subscriber', subscriberId, event);
    await this.#http.text({ method: 'POST', path, query, patience: 0, idleTimeout: 10_000, signal });
  }

  /** Creates the graph unless it exists. Names are letters and digits. */
  async createGraph(graph: string, signal?: AbortSignal): Promise<void> {
    await this.#http.text({ method: 'POST', path: pathOf('graph', graph), signal });
  }

  /** Adds or replaces kinds of the resource model; kinds of other workers stay. */
  async patchModel(graph: string, kinds: readonly KindJson[], signal?: AbortSignal): Promise<void> {
    await this.#http.text({ method: 'PATCH', path: pathOf('graph', graph, 'model'), ...jsonBody(kinds), signal });
  }

  /**
   * Uploads a graph and waits until it is imported. Sending it again after a lost connection is safe.
   *
   * @throws CoreError `core_refused` with the reason when the import failed; ProtocolError when the answer is no result of an import;
   *   whatever its body ends with
   */
  async merge(graph: string, upload: Upload): Promise<ImportResult> {
    const { body, signal, patience = 600_000 } = upload;
    const { value } = await this.#http.json({
      method: 'POST',
      path: pathOf('graph', graph, 'merge'),
      query: { wait_for_result: true },
      headers: uploadHeaders(upload),
      body,
      contentType: 'application/x-ndjson',
      // An import may take an hour, in which no byte is sent.
      idleTimeout: 3_700_000,
      // The import of an earlier attempt, whose connection was lost, may still run.
      passes: (status, text) => status === 400 && text.includes('Conflicting change in progress'),
      signal,
      patience,
    });
    return importResult(value);
  }

  /** Nodes and edges of a query; an edge comes after both of its nodes. */
  searchGraph(graph: string, query: string, options: Section = {}): AsyncGenerator<GraphRow, void, undefined> {
    return this.#search('graph', graph, query, options);
  }

  /** Nodes of a query. */
  async *searchList(graph: string, query: string, options: Section = {}): AsyncGenerator<NodeRow, void, undefined> {
    for await (const row of this.#search('list', graph, query, options)) if (row.type === 'node') yield row;
  }

  /** Changes stored nodes, at most `batchSize` per request. A refused request changes nothing of its batch. */
  async patchNodes(
    graph: string,
    patches: Iterable<NodePatch> | AsyncIterable<NodePatch>,
    options: { readonly batchSize?: number; readonly signal?: AbortSignal } = {},
  ): Promise<void> {
    const { batchSize = 1000, signal } = options;
    const path = pathOf('graph', graph, 'nodes');
    for await (const lines of batches(patches, batchSize)) {
      await this.#http.text({
        method: 'PATCH',
        path,
        body: lines.map((patch) => `${stringifyJson(patch)}\n`).join(''),
        contentType: 'application/x-ndjson',
        accept: 'application/x-ndjson',
        signal,
      });
    }
  }

  /**
   * Runs one command line. Without `| dump` at its end each result is a line of text. It is not sent again once the core may
   * have seen it.
   */
  execute(
    command: string,
    options: Section & { readonly graph?: string } = {},
  ): AsyncGenerator<JsonValue, void, undefined> {
    const { graph, section, signal } = options;
    return this.#http.rows({
      method: 'POST',
      path: '/cli/execute',
      query: { graph, section },
      body: command,
      contentType: 'text/plain',
      repeatable: false,
      idleTimeout: 600_000,
      signal,
    });
  }

  /** Closes the kept connections. */
  close(): void {
    this.#http.close();
  }

  async #readyFailure(trusted: boolean, signal?: AbortSignal): Promise<{ readonly error: unknown } | undefined> {
    const late = () => new TimedOutError('the core does not come to an end with its answer');
    const options = { idleTimeout: readyTime, patience: 0, trusted };
    try {
      await withTimeLimit({ milliseconds: 2 * readyTime, late, signal }, (limited) =>
        this.#http.text({ method: 'GET', path: '/system/ready', ...options, signal: limited }),
      );
      return undefined;
    } catch (error) {
      signal?.throwIfAborted();
      return { error: await schemeFailure(this.connection, error, signal) };
    }
  }

  async #config(id: string, signal?: AbortSignal): Promise<StoredConfig | undefined> {
    const path = pathOf('config', id);
    const query = { separate_overrides: true, apply_overrides: true, resolve_env_vars: true, include_raw_config: true };
    try {
      const { value, headers } = await this.#http.json({ method: 'GET', path, query, signal });
      return storedConfig(value, revisionOf(headers));
    } catch (error) {
      if (errorCode(error) === 'core_not_found') return undefined;
      throw error;
    }
  }

  async #writeConfig(
    method: 'PUT' | 'PATCH',
    id: string,
    document: JsonObject,
    signal?: AbortSignal,
    query: { readonly validate?: false } = {},
  ): Promise<string> {
    const path = pathOf('config', id);
    const { headers } = await this.#http.json({ method, path, query, ...jsonBody(document), signal });
    return revisionOf(headers);
  }

  async *#search(
    kind: 'graph' | 'list',
    graph: string,
    query: string,
    { section, signal }: Section,
  ): AsyncGenerator<GraphRow, void, undefined> {
    const path = pathOf('graph', graph, 'search', kind);
    const rows = this.#http.rows({
      method: 'POST',
      path,
      query: { section },
      body: query,
      contentType: 'text/plain',
      idleTimeout: 600_000,
      signal,
    });
    try {
      for await (const row of rows) yield graphRow(row);
    } catch (error) {
      throw errorCode(error) === 'core_not_found' ? await this.#missingGraph(graph, error as CoreError, signal) : error;
    }
  }

  async #missingGraph(graph: string, cause: CoreError, signal?: AbortSignal): Promise<WorkerError> {
    const others = await listing(this.#http, '/graph', { signal });
    if (others === undefined) return speaksNeither(cause);
    if (others.includes(graph)) return cause;
    const { uri } = this.connection;
    return new CoreError(cause.status, cause.text, `There is no graph ${graph} at ${uri}`, {
      hint:
        others.length === 0
          ? 'There is no graph at all yet: the first collect makes one.'
          : `Name one of these graphs instead: ${others.toSorted().join(', ')}. A new one is made by the first collect into it.`,
      facts: { uri, graph },
      cause,
    });
  }
}

/** Milliseconds without a byte until an attempt to find a core ready has failed. */
const readyTime = 5_000;

function jsonBody(value: unknown): { readonly body: string; readonly contentType: string } {
  return { body: stringifyJson(value), contentType: 'application/json' };
}

function revisionOf(headers: CoreAnswer['headers']): string {
  for (const { configRevisionHeader } of Object.values(generationNames)) {
    const revision = headers[configRevisionHeader.toLowerCase()];
    if (typeof revision === 'string') return revision;
  }
  return 'unknown';
}

function storedConfig(value: JsonValue, revision: string): StoredConfig {
  const { config, overrides = null, raw_config: raw = {} } = isJsonObject(value) ? value : {};
  if (!isJsonObject(config) || !isJsonObject(raw) || !(overrides === null || isJsonObject(overrides))) {
    throw new ProtocolError('The core answered a configuration in a form that is not known');
  }
  return { config, overrides, rawConfig: raw, revision };
}

function hiddenConfig({ uri }: CoreConnection, id: string): ProtocolError {
  return new ProtocolError(
    `The core at ${uri} lists the configuration ${id}, and answers that it has none of this id`,
    {
      code: 'config_hidden',
      hint: `Something in front of the core may answer instead of it. Look at GET ${uri}${pathOf('config', id)}.`,
      facts: { uri, config: id },
    },
  );
}

async function* batches<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  size: number,
): AsyncGenerator<Item[], void, undefined> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function notReady(connection: CoreConnection, timeout: number, cause: unknown): TimedOutError {
  const seconds = Math.round(timeout / 1000);
  return new TimedOutError(`No core became ready at ${connection.uri} within ${seconds} s: ${errorText(cause)}`, {
    hint: errorHint(cause) ?? 'Look into the log of the core, or give the address of another one.',
    facts: { uri: connection.uri },
    cause,
  });
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { collectAccount } from '../collect/collect-account.ts';
import type { AccountResult, JobEvent } from '../collect/jobs.ts';
import type { ScopeReport } from '../collect/report.ts';
import { parseSection, type Problem } from '../config/field-parser.ts';
import { ConfigError } from '../errors.ts';
import { graphBody } from '../graph/graph-body.ts';
import type { GraphProblem } from '../graph/problems.ts';
import { logOf } from '../log/log.ts';
import type { LogRecord } from '../log/log-record.ts';
import type { AccountJob, Collector, CollectorPlugin, Plugin, PluginContext } from '../plugin/contract.ts';
import type { Generation } from '../protocol/generation.ts';
import type { DeferredEdgeLine, EdgeLine, GraphLine, NodeLine } from '../protocol/graph-line.ts';
import { parseJson, type JsonObject } from '../protocol/json.ts';
import type { GraphLines } from './graph-problems.ts';
import { ScriptedCore } from './scripted-core.ts';

export interface TestCollectOptions {
  /** Needed when the plugin has several collectors. */
  readonly cloud?: string;
  /** What the section of the plugin says; the rest is its defaults. */
  readonly config?: JsonObject;
  /** Default: `resoto`. */
  readonly generation?: Generation;
  /** Account to collect. Absent: all that `accounts()` yields, in one upload. */
  readonly job?: AccountJob;
  /** What is replaced by the upload. Default: accounts. */
  readonly mergeKind?: 'account' | 'cloud';
  /** Start of the run. Default: a fixed time, so that two collects of the same cloud are equal. */
  readonly startedAt?: Date;
  readonly signal?: AbortSignal;
  /** Told what the collector says while it runs. */
  readonly onEvent?: (event: JobEvent) => void;
}

/** A collected cloud: its upload, and how complete it is. */
export interface TestCollect {
  readonly jobs: readonly AccountJob[];
  /** The upload as it would be sent. */
  readonly body: string;
  /** The same, parsed. */
  readonly lines: GraphLines;
  readonly outcome: {
    /** How each scope ended. */
    readonly scopes: readonly ScopeReport[];
    /** What was repaired, left out or not found. */
    readonly problems: readonly GraphProblem[];
    /** What the plugin reported, and regions as they came. */
    readonly events: readonly JobEvent[];
    readonly log: readonly LogRecord[];
  };
}

/**
 * Collects for real, as a worker thread would: through the graph of an account on disk, against a core that knows nothing yet.
 *
 * @throws what ends an account as a whole; ConfigError when `config` does not fit the section
 */
export async function collectForTest(plugin: Plugin, options: TestCollectOptions = {}): Promise<TestCollect> {
  const core = await emptyCore();
  const directory = await mkdtemp(join(tmpdir(), 'collect-'));
  try {
    return await new TestRun(collectorOf(plugin, options.cloud), options, core, directory).collect();
  } finally {
    await core.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** The collector of a plugin by its cloud, or its only one. */
export function collectorOf({ name, collectors = [] }: Plugin, cloud?: string): CollectorPlugin {
  const [found, ...others] = cloud === undefined ? collectors : collectors.filter((known) => known.cloud === cloud);
  if (found !== undefined && others.length === 0) return found;
  const clouds = collectors.map((known) => known.cloud).join(', ');
  throw new TypeError(`The option cloud has to name a collector of the plugin ${name}: ${clouds || 'it has none'}`);
}

/** Effective configuration of a collector. */
export function effectiveConfig({ section }: CollectorPlugin, config: JsonObject): JsonObject {
  const problems: Problem[] = [];
  const effective = section === undefined ? {} : parseSection(section, config, problems);
  if (problems.length === 0) return effective;
  const lines = problems.map(({ path, expected, found }) => `${path}: expected ${expected}, found ${found}`);
  throw new ConfigError(`The configuration of the test cannot be used. ${lines.join('; ')}`);
}

const graphName = 'test';

async function emptyCore(): Promise<ScriptedCore> {
  const core = await ScriptedCore.start();
  for (const kind of ['list', 'graph']) core.answer('POST', `/graph/${graphName}/search/${kind}`, { body: '' });
  return core;
}

class TestRun {
  readonly #plugin: CollectorPlugin;
  readonly #options: TestCollectOptions;
  readonly #core: ScriptedCore;
  readonly #directory: string;
  readonly #generation: Generation;
  readonly #config: JsonObject;
  readonly #signal: AbortSignal;
  readonly #events: JobEvent[] = [];
  readonly #log: LogRecord[] = [];

  constructor(plugin: CollectorPlugin, options: TestCollectOptions, core: ScriptedCore, directory: string) {
    this.#plugin = plugin;
    this.#options = options;
    this.#core = core;
    this.#directory = directory;
    this.#generation = options.generation ?? 'resoto';
    this.#config = effectiveConfig(plugin, options.config ?? {});
    this.#signal = options.signal ?? new AbortController().signal;
  }

  async collect(): Promise<TestCollect> {
    const collector = await this.#plugin.load();
    const jobs = await this.#jobs(collector);
    const results: AccountResult[] = [];
    for (const [index, job] of jobs.entries()) results.push(await this.#account(collector, job, index));
    const body = await this.#body(results);
    return {
      jobs,
      body,
      lines: parseBody(body),
      outcome: {
        scopes: results.flatMap(({ scopes }) => scopes),
        problems: results.flatMap(({ graph }) => graph.problems),
        events: this.#events,
        log: this.#log,
      },
    };
  }

  async #jobs(collector: Collector): Promise<AccountJob[]> {
    const { job } = this.#options;
    if (job !== undefined) return [job];
    const jobs: AccountJob[] = [];
    for await (const account of collector.accounts(this.#context())) {
      this.#signal.throwIfAborted();
      jobs.push(account);
    }
    return jobs;
  }

  #account(collector: Collector, account: AccountJob, index: number): Promise<AccountResult> {
    const { startedAt = new Date('2024-03-01T10:00:00Z'), mergeKind = 'account' } = this.#options;
    const input = {
      cloud: this.#plugin.cloud,
      entry: '',
      config: this.#config,
      generation: this.#generation,
      account,
      directory: join(this.#directory, String(index)),
      core: { uri: this.#core.uri, graph: graphName, trust: {} },
      mergeKind,
      exportedAt: startedAt.toISOString(),
      carryOverMaxAge: 0,
    };
    const emit = (event: JobEvent): void => this.#emit(event);
    const host = { signal: this.#signal, log: this.#logger(), emit, calls: { add() {} } };
    return collectAccount(collector, input, host, this.#context());
  }

  #context(): PluginContext {
    return {
      config: this.#config,
      generation: this.#generation,
      log: this.#logger(),
      signal: this.#signal,
      report: (level, message, context = []) => this.#emit({ type: 'report', level, message, context }),
    };
  }

  #body(results: readonly AccountResult[]): Promise<string> {
    const { cloud } = this.#plugin;
    const { mergeKind = 'account' } = this.#options;
    const header = { cloud: { id: cloud, name: cloud }, generation: this.#generation, mergeKind };
    return text(
      graphBody(
        header,
        results.map(({ graph }) => graph),
      ).open(),
    );
  }

  #logger(): ReturnType<typeof logOf> {
    return logOf((record) => this.#log.push(record), 'debug', 'test');
  }

  #emit(event: JobEvent): void {
    this.#events.push(event);
    this.#options.onEvent?.(event);
  }
}

/** Parses the lines of an upload. */
export function parseBody(body: string): GraphLines {
  const nodes: NodeLine[] = [];
  const edges: EdgeLine[] = [];
  const deferredEdges: DeferredEdgeLine[] = [];
  for (const text of body.split('\n')) {
    if (text === '') continue;
    const parsed: unknown = parseJson(text);
    // Whether it is one is for the check of the graph to say.
    const line = parsed as GraphLine;
    if ('reported' in line && 'id' in line) nodes.push(line);
    else if ('from_selector' in line) deferredEdges.push(line);
    else edges.push(line);
  }
  return { nodes, edges, deferredEdges };
}
